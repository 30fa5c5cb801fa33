import type { AttributionNote } from "../../runner/analysis/attribution.ts";
import type { FailureCause } from "../../runner/result/outcomes.ts";
import type { Said } from "../../runner/result/said.ts";
import { formatCount, plural } from "../view/format.ts";

/** Puts into words what is said in predictions and attribution. */
export type Say = (said: Said) => string;

const PROOFS: Readonly<Partial<Record<FailureCause, string>>> = {
  "port-exhausted": "the client's kernel had no free port (EADDRNOTAVAIL)",
  "dns-servfail": "the resolver answered SERVFAIL",
  "status-502": "the proxy answered 502",
  "status-503": "the proxy answered 503",
  "status-504": "the proxy answered 504",
};

/** How the kernel's counters and the failures add up, in a sentence. */
export function attributionWords(note: AttributionNote): string {
  switch (note.kind) {
    case "self-evident":
      return `${note.hop}: ${formatCount(note.requests)} × ${note.cause}; ${PROOFS[note.cause] ?? "it names the hop by itself"}.`;
    case "overflowed":
      return `${note.hop}: ${formatCount(note.requests)} × ${note.cause}; listenOverflows rose by at least as much.`;
    case "lost-syns":
      return `${note.hop}: ${formatCount(note.requests)} × ${note.cause}, each of which lost ${plural(note.synsPerTimeout, "SYN")} (${formatCount(note.syns)} in all); ${note.counter} rose by ${formatCount(note.drops)}.`;
    case "harmless-drops":
      return `${note.hop}: ${note.counter} rose by ${formatCount(note.drops)}, but no failed request needs it.`;
    case "unexplained":
      return `unexplained: ${formatCount(note.requests)} × ${note.cause}; no counter covers them.`;
  }
}

import type { Slo, SloKind } from "../../result/rehearsal.ts";
import { type Fault, onlyOf, type Path } from "./fault.ts";
import { SLO_FIELDS, type SloFields } from "./schema.ts";
import { durationWords } from "./units.ts";

const KINDS: Readonly<Record<(typeof SLO_FIELDS)[number], SloKind>> = {
  failed: "failed-share",
  status5xx: "status-5xx-share",
  p99: "latency-p99-ms",
  drops: "drops",
};

/** A packet that is dropped is dropped; of the rest a window in a hundred may be bad. */
const BUDGET = { drops: 0, others: 0.01 };

const WINDOW_S = 10;

interface Known {
  readonly timeoutS: number;
  /** Of the day or a stage, whichever is shorter. */
  readonly shortestS: number;
}

/** @throws UsageError with file, line and field */
export function sloOf(given: SloFields, path: Path, { timeoutS, shortestS }: Known, fault: Fault): Slo {
  const field = onlyOf(given, SLO_FIELDS, { path, fault, missing: "says not what has to hold" });
  const value = given[field] ?? 0;
  const at = [...path, field];
  if ((field === "failed" || field === "status5xx") && value >= 1)
    throw fault(at, "is all requests, so nothing could breach it; write less than 100 %");
  if (field === "p99" && value >= timeoutS)
    throw fault(
      at,
      `is not below load.timeout (${durationWords(timeoutS)}), after which a request has failed, so nothing could breach it; write less, or raise the timeout`,
    );
  const budget = given.budget ?? (field === "drops" ? BUDGET.drops : BUDGET.others);
  if (budget >= 1)
    throw fault([...path, "budget"], "is the whole time, so it could never be spent; write less than 100 %");
  return {
    name: given.name ?? field,
    kind: KINDS[field],
    most: field === "p99" ? Math.round(value * 1_000_000) / 1000 : value,
    windowS: given.window ?? Math.max(1, Math.min(WINDOW_S, Math.floor(shortestS))),
    budget,
  };
}

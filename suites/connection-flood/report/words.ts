import { formatCount, formatQuantity, formatShare, plural } from "../../../reports/view/format.ts";
import type { DoesNotApply } from "../../../runner/analysis/capacity/connections.ts";
import type { Said } from "../../../runner/result/said.ts";
import type { FloodNote } from "../analysis/predictions.ts";

const DOES_NOT_APPLY: Readonly<Record<DoesNotApply, string>> = {
  "rate-or-timeout": "rate or timeout is not positive",
  "no-clients-or-ports": "there are no clients or no ports",
  "no-load": "there is no load",
  "no-timeout": "the timeout is not positive",
  "prefill-expires-at-once": "the prefilled entries expire all at once, which empties the table",
  "no-clients": "there are no clients",
  "entries-die-first": "entries do not outlive TIME_WAIT, so no port comes back to a live one",
  "ports-run-out": "the ports run out before TIME_WAIT ends",
};

/** What is said of a prediction, in a clause. */
export function floodWords(said: Said): string {
  const note = said as FloodNote;
  switch (note.kind) {
    case "growth-not-seen":
      return "too few samples before the table was full to see growth";
    case "table-not-seen":
      return "nothing here says how full the conntrack table was: whether the flood came near its limit is not known";
    case "table-far-from-full":
      return `the conntrack table was ${formatShare(note.share)} full at most: the flood did not come near its limit`;
    case "table-not-passed":
      return (
        `the conntrack table grew by ${plural(note.grown, "entry", "entries")} while ${plural(note.requests, "request")} were sent: ` +
        `their connections do not pass it, as where eBPF leads Services to pods`
      );
    case "median-of":
      return `median of ${plural(note.blocks, "block")}`;
    case "early-eviction":
      return "above 95 % of the limit, where the kernel also evicts early";
    case "not-applicable":
      return DOES_NOT_APPLY[note.because];
    case "table-fills-first":
      return `these clients could hold more than the table's ${formatCount(note.limit)}: the table fills first`;
    case "peak-entries":
      return "peak entries";
    case "ceiling-not-reached":
      return `not reached within the block, as predicted (peak ${note.peak === null ? "unknown" : formatCount(note.peak)})`;
    case "nothing-expires":
      return "no entry of the load expires within the block; what the kernel evicts early comes on top";
    case "as-many-as-expire":
      return "as many as expire";
    case "ended-with-the-table-full":
      return "no block ran on for 1 s after the table was full";
    case "elsewhere":
      return `${formatQuantity(note.perSecond, "/s")} do not pass this node's table`;
    case "no-valid-block":
      return "no valid block";
    case "never":
      return "never, as predicted";
    case "predicted-but-not-seen":
      return "did not happen within the block, although predicted";
    case "not-within-block":
      return "not within the block, as predicted";
    case "in-blocks":
      return `in ${note.blocks} of ${plural(note.of, "block")}`;
    case "against-the-model":
      return "although the model says it should not happen";
    case "at-larger-table":
      return `one extra block with the table filled to the same headroom below the larger limit of ${formatCount(note.limit)}`;
  }
  throw new Error(`connection-flood never says ${said.kind}`);
}

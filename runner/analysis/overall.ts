/** From the metrics' verdicts to the one answer of the run. */
import type { Block, Metric, OverallVerdict } from "../result/schema.ts";
import { evidential } from "./blocks.ts";
import type { Comparability } from "./comparability.ts";
import { plural } from "./format.ts";
import { enoughBlocks } from "./verdict.ts";

export interface Answer {
  readonly verdict: OverallVerdict;
  /** One sentence. */
  readonly why: string;
}

/**
 * Invalid before anything else: arms that must not be compared, or too few blocks left because some were voided.
 * Then one regressed primary outweighs every improved one.
 */
export function overall(run: {
  readonly metrics: readonly Metric[];
  readonly baseline: readonly Block[];
  readonly tuned: readonly Block[];
  readonly comparability: Comparability;
}): Answer {
  return invalidity(run) ?? fromPrimaries(run.metrics);
}

function invalidity(run: Parameters<typeof overall>[0]): Answer | null {
  const primaries = run.metrics.filter((metric) => metric.primary);
  const arms = [run.baseline, run.tuned].map((blocks) => blocks.filter((block) => block.round > 0));
  const valid = arms.map((blocks) => evidential(blocks).length);
  const voided = arms.flat().filter((block) => !block.valid);
  const [baseline = 0, tuned = 0] = valid;
  if (baseline === 0 || tuned === 0 || (voided.length > 0 && !enoughBlocks(baseline, tuned, primaries.length))) {
    const reason = voided[0]?.invalidBecause[0];
    return {
      verdict: "invalid",
      why: `${plural(voided.length, "block")} had to be voided${reason ? ` (${reason})` : ""}; ${baseline} baseline and ${tuned} tuned blocks are too few for a verdict`,
    };
  }
  if (!run.comparability.comparable) {
    return { verdict: "invalid", why: `the arms cannot be compared: ${run.comparability.because}` };
  }
  return null;
}

function fromPrimaries(metrics: readonly Metric[]): Answer {
  const primaries = metrics.filter((metric) => metric.primary);
  const having = (verdict: Metric["verdict"]) => primaries.filter((metric) => metric.verdict === verdict);
  const worse = besides(metrics, "regressed");
  // Where the metrics that decide say little, what got better is news.
  const aside = besides(metrics, "regressed", "improved");
  const regressed = having("regressed");
  if (regressed.length > 0) return { verdict: "regressed", why: sentence(regressed, worse) };
  const improved = having("improved");
  if (improved.length > 0) return { verdict: "improved", why: sentence(improved, worse) };
  const open = having("inconclusive");
  if (primaries.length > 0 && open.length === 0) {
    return { verdict: "equivalent", why: `no difference that matters in ${names(primaries)}${aside}` };
  }
  if (open.length === 0) return { verdict: "inconclusive", why: "no primary metric was judged" };
  return { verdict: "inconclusive", why: `not enough evidence: ${sentence(open, aside)}` };
}

function sentence(metrics: readonly Metric[], aside: string): string {
  return metrics.map((metric) => `${metric.name}: ${metric.why}`).join("; ") + aside;
}

/** What the verdict does not rest on, and a reader must know all the same. */
function besides(metrics: readonly Metric[], ...which: readonly Metric["verdict"][]): string {
  const parts = which.flatMap((verdict) => {
    const own = metrics.filter((metric) => !metric.primary && metric.verdict === verdict);
    return own.length === 0 ? [] : [`${names(own)} ${verdict}`];
  });
  return parts.length === 0 ? "" : ` (beside it, ${parts.join(", and ")})`;
}

function names(metrics: readonly Metric[]): string {
  return metrics.map((metric) => metric.name).join(", ");
}

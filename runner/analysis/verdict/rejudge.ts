/** Blocks that were recorded, judged by today's rules: what speaks against them is told from their own numbers once more. */
import type { Block } from "../../result/block.ts";
import type { BlocksDocument } from "../../result/blocks-document.ts";
import type { ArmsOf } from "../../result/result.ts";
import { blockValidity } from "../block-validity.ts";
import type { MetricSpec } from "../metrics.ts";
import { type Judged, type Judgement, judge } from "./judge.ts";
import { reasonsAgainst, weighed } from "./spoils.ts";

/** @param mostLagMs that the suite's generator may be late at p99 */
export function rejudge<B>(suite: Judged<B>, document: BlocksDocument, mostLagMs: number): Judgement {
  const { tunings, scheduledPerBlock, workers, spent, duet, twoClusters, hasEvidence, nights } = document;
  const [baseline, tuned] = document.arms as ArmsOf<B>;
  const again = (block: Block<B>) => examined(block, mostLagMs);
  return judge<B>({
    suite: hasEvidence ? suite : withoutEvidence(suite),
    arms: [
      { ...baseline, blocks: baseline.blocks.map(again) },
      { ...tuned, blocks: tuned.blocks.map(again) },
    ],
    tunings,
    plan: { scheduledPerBlock, workers },
    spent,
    ...{ duet, twoClusters },
    ...(nights === undefined ? {} : { nights }),
  });
}

/** Samples are not part of a block: a gap in them is known only where it was recorded. */
function examined<B>(block: Block<B>, mostLagMs: number): Block<B> {
  const recorded = reasonsAgainst(block);
  const found = blockValidity({ ...block, mostLagMs, loadMs: 0, samplesAtMs: {} });
  const news = found.filter(({ kind }) => !recorded.some((reason) => reason.kind === kind));
  const { valid: _, evidence, ...measured } = block;
  return weighed(measured, evidence, [...recorded, ...news]);
}

/** What can be said of blocks that bring nothing but what every suite measures. */
function withoutEvidence<B>({ metrics, premise, premiseIsMeasured = false }: Judged<B>): Judged<B> {
  const without = (spec: MetricSpec<B>): MetricSpec<B> => ({
    ...spec,
    mechanisms: spec.mechanisms.filter(({ fromEvidence }) => !fromEvidence),
    ...(spec.fromEvidence ? { of: () => null } : {}),
  });
  return { metrics: metrics.map(without), ...(premise && premiseIsMeasured ? { premise } : {}) };
}

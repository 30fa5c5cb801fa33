/** How each cost of an arm grows with the number of Services, over its blocks of all sizes. Pure. */
import { evidential } from "../../../runner/analysis/blocks.ts";
import { median } from "../../../runner/analysis/samples.ts";
import type { Block } from "../../../runner/result/block.ts";
import type { Beyond, FallsBehind, Growth, ScaleBlockEvidence } from "../evidence.ts";
import { delayMs, memoryBytes, rulesWalked, syncMs } from "./metrics.ts";
import { type Fit, growing, valueAt } from "./orders.ts";

type ScaleBlock = Block<ScaleBlockEvidence>;
type Of = (evidence: ScaleBlockEvidence) => number | null;

interface Cost {
  readonly of: string;
  readonly unit: string;
  readonly value: Of;
}

const CONNECT: Cost = { of: "connect-p50", unit: "ms", value: ({ connectMs }) => connectMs?.p50 ?? null };
const SYNC: Cost = { of: "sync", unit: "ms", value: syncMs };
const COSTS: readonly Cost[] = [
  CONNECT,
  { of: "softirq-per-connection", unit: "µs", value: ({ softirqUsPerConnection }) => softirqUsPerConnection },
  { of: "programming-delay", unit: "ms", value: delayMs },
  SYNC,
  { of: "proxy-memory", unit: "bytes", value: memoryBytes },
];

/** Sizes that people ask about: where they are more than there were, only the model tells. */
const ASKED = [1_000, 5_000, 10_000, 50_000];
const CURVE_POINTS = 40;

export interface ArmGrowth {
  readonly growth: Growth[];
  readonly fallsBehind: FallsBehind[];
  readonly beyond: Beyond[];
}

export function growthOf(arm: string, all: readonly ScaleBlock[]): ArmGrowth {
  const blocks = evidential(all);
  if (blocks.length === 0) return { growth: [], fallsBehind: [], beyond: [] };
  const byServices = COSTS.flatMap((cost) => grown(arm, cost, blocks, "services"));
  const isWalked = blocks.some(({ evidence }) => (rulesWalked(evidence) ?? 0) > 0);
  const byRules = isWalked ? grown(arm, CONNECT, blocks, "rules-walked") : [];
  const most = Math.max(...blocks.map(({ evidence }) => evidence.services));
  return {
    growth: [...byServices, ...byRules].map(({ growth }) => growth),
    fallsBehind: fallsBehind(arm, blocks),
    beyond: byServices.flatMap(({ growth, fit }) =>
      fit === null
        ? []
        : ASKED.filter((services) => services > most).map((services) => ({
            ...{ arm, of: growth.of, unit: growth.unit, services },
            value: valueAt(fit, services),
          })),
    ),
  };
}

function grown(
  arm: string,
  { of, unit, value }: Cost,
  blocks: readonly ScaleBlock[],
  against: Growth["against"],
): { readonly growth: Growth; readonly fit: Fit | null }[] {
  const points = blocks.flatMap(({ evidence, round }) => {
    const at = against === "services" ? evidence.services : rulesWalked(evidence);
    const measured = value(evidence);
    return at === null || measured === null ? [] : [{ at, value: measured, round }];
  });
  if (points.length === 0) return [];
  const { preferred, share, perThing } = growing(points);
  const growth: Growth = {
    ...{ arm, of, unit, against, points, share },
    order: preferred?.order ?? null,
    perThing: perThing && { ...perThing },
    curve:
      preferred === null
        ? []
        : curveOf(
            preferred,
            points.map(({ at }) => at),
          ),
  };
  return [{ growth, fit: preferred }];
}

function curveOf(fit: Fit, ats: readonly number[]): Growth["curve"] {
  const [least, most] = [Math.min(...ats), Math.max(...ats)];
  return Array.from({ length: CURVE_POINTS + 1 }, (_, index) => {
    const at = least + ((most - least) * index) / CURVE_POINTS;
    return { at, value: valueAt(fit, at) };
  });
}

/** One change after another, each with a sync of its own: more than so many a second, and kube-proxy has no time for the next. */
function fallsBehind(arm: string, blocks: readonly ScaleBlock[]): FallsBehind[] {
  const sizes = [...new Set(blocks.map(({ evidence }) => evidence.services))].sort((a, b) => a - b);
  return sizes.flatMap((services) => {
    const syncs = blocks.flatMap(({ evidence }) => (evidence.services === services ? (syncMs(evidence) ?? []) : []));
    const typical = median(syncs);
    return typical === null || typical <= 0
      ? []
      : [{ arm, services, syncMs: typical, changesPerSecond: 1_000 / typical }];
  });
}

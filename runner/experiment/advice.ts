import { FEWEST_NIGHTS } from "../analysis/verdict/between-nights.ts";
import type { Judgement } from "../analysis/verdict/judge.ts";
import type { Advice } from "../result/reasons.ts";
import type { Against } from "../result/result.ts";
import type { TuningReport } from "../result/tuning.ts";

/** What the operator should do now, the most important first. */
export function advise(
  judgement: Judgement,
  tunings: readonly TuningReport[],
  { quick, twoClusters }: { readonly quick: boolean; readonly twoClusters: boolean },
): Advice[] {
  const main = twoClusters ? clusterAdvice(judgement, quick) : null;
  return [main ?? mainAdvice(judgement, quick), ...idle(tunings)];
}

/** What was found is the clusters', and no setting's. Null: nothing was found. */
function clusterAdvice({ verdict, metrics }: Judgement, quick: boolean): Advice | null {
  const choose = { kind: "choose-cluster", thenFullSize: quick } as const;
  switch (verdict) {
    case "improved":
      return { ...choose, onlyFor: [], cluster: "tuned" };
    case "regressed":
      return { ...choose, onlyFor: [], cluster: "baseline", thenFullSize: false };
    case "equivalent":
      return { ...choose, onlyFor: improvedOf(metrics), cluster: "either" };
    default:
      return null;
  }
}

function improvedOf(metrics: Judgement["metrics"]): string[] {
  return metrics.filter(({ verdict }) => verdict === "improved").map(({ name }) => name);
}

/** The same where the baseline is an earlier night of the same arm: nothing is on trial then. */
export function adviseOfNights(judgement: Judgement, tunings: readonly TuningReport[], against: Against): Advice[] {
  return [ofNights(judgement, against), ...idle(tunings)];
}

function ofNights({ verdict }: Judgement, { nights, differences }: Against): Advice {
  switch (verdict) {
    case "improved":
    case "equivalent":
      return { kind: "as-before", better: verdict === "improved" };
    case "regressed":
      return { kind: "find-what-changed", differences: differences.length };
    case "inconclusive":
      return nights.length < FEWEST_NIGHTS
        ? { kind: "more-nights", nights: FEWEST_NIGHTS - nights.length }
        : { kind: "decide-nothing" };
    case "invalid":
      return { kind: "mend-and-repeat" };
  }
}

function mainAdvice({ verdict, why, metrics }: Judgement, quick: boolean): Advice {
  switch (verdict) {
    case "improved":
      return { kind: "adopt", thenFullSize: quick };
    case "regressed":
      return { kind: "do-not-adopt" };
    case "equivalent": {
      const better = improvedOf(metrics);
      return better.length === 0 ? { kind: "leave-out" } : { kind: "adopt-only-for", metrics: better };
    }
    case "inconclusive": {
      if (why.kind === "not-by-tuning") return { kind: "find-what-differs" };
      const rounds = Math.max(0, ...metrics.filter((each) => each.primary).map((each) => each.roundsNeeded ?? 0));
      return rounds > 0 ? { kind: "more-rounds", rounds } : { kind: "decide-nothing" };
    }
    case "invalid":
      return { kind: "mend-and-repeat" };
  }
}

function idle(tunings: readonly TuningReport[]): Advice[] {
  const never = tunings.filter((each) => each.arrival === "never-arrived");
  const sysctls = never.filter(({ scope }) => scope === "kernel" || scope === "node");
  const others = never.filter((each) => !sysctls.includes(each));
  return [
    ...(sysctls.length === 0
      ? []
      : [{ kind: "set-in-pods" as const, sysctls: sysctls.flatMap(({ setting }) => setting.split(" ")[0] ?? []) }]),
    ...others.map(({ setting, actsIn }) => ({ kind: "never-arrived" as const, setting, actsIn })),
  ];
}

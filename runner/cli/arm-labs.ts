/** Arms that take clusters of different kinds: the embedded lab is started once for each, others' clusters are named for each. */
import { UsageError } from "../errors.ts";
import { type ArmsTake, takenBy } from "../experiment/arm-needs.ts";
import type { Role } from "../result/result.ts";
import type { ProxyMode } from "../tunings/lab-need.ts";
import type { Experiment } from "./compare-plan.ts";
import { DEFAULT_LAB, labName } from "./lab-name.ts";
import { isLabTarget } from "./target-options.ts";
import { hasTwoClusters } from "./two-cluster-options.ts";

/** How the lab of a mode is called that is not the one that --lab names. */
const LAB_OF: Readonly<Partial<Record<ProxyMode, string>>> = { nftables: "nft" };

/**
 * Pure: the experiment, with a lab for each arm where they can't share one. The lab of --lab is then the one in iptables mode,
 * and the other has its name with "-nft" behind it.
 * @throws UsageError where the arms of one cluster, or of several suites, can't share it
 */
export function withArmLabs(experiment: Experiment): Experiment {
  const taken = experiment.suites.map(({ suite, arms }) => {
    return { suite: suite.name, baseline: takenBy(arms.baseline), tuned: takenBy(arms.tuned) };
  });
  if (hasTwoClusters(experiment) || taken.every(({ baseline, tuned }) => isShared(baseline, tuned))) return experiment;
  const [one, ...others] = taken;
  if (!one?.baseline || !one.tuned || others.length > 0) throw new UsageError(severalSuites(taken));
  const { baseline, tuned } = one;
  if (!isLabTarget(experiment)) throw new UsageError(oneCluster(baseline, tuned));
  const { lab, labGiven: _, ...rest } = experiment;
  // Each has its own now: the one that both were to share would contradict them.
  return { ...rest, lab: DEFAULT_LAB, baselineLab: labOf(lab, baseline), tunedLab: labOf(lab, tuned) };
}

/** Pure: what arms take that run on one of the clusters. */
export function takenOn({ suites }: Pick<Experiment, "suites">, role: Role | "both"): { readonly takes?: ArmsTake } {
  const arms = suites.flatMap((chosen) =>
    role === "both" ? [chosen.arms.baseline, chosen.arms.tuned] : [chosen.arms[role]],
  );
  const takes = arms.flatMap((arm) => takenBy(arm) ?? [])[0];
  return takes === undefined ? {} : { takes };
}

function isShared(baseline: ArmsTake | undefined, tuned: ArmsTake | undefined): boolean {
  return baseline === undefined || tuned === undefined || baseline.proxy === tuned.proxy;
}

function labOf(lab: string, { proxy }: ArmsTake): string {
  const suffix = LAB_OF[proxy];
  return suffix === undefined ? lab : labName(`${lab}-${suffix}`);
}

function oneCluster(baseline: ArmsTake, tuned: ArmsTake): string {
  return `${modeWords(baseline)} and ${modeWords(tuned)}, and one cluster has one mode; name a cluster for each with --baseline-context and --tuned-context`;
}

function severalSuites(
  taken: readonly {
    readonly suite: string;
    readonly baseline: ArmsTake | undefined;
    readonly tuned: ArmsTake | undefined;
  }[],
) {
  const names = taken.filter(({ baseline, tuned }) => !isShared(baseline, tuned)).map(({ suite }) => suite);
  return `the arms of ${names.join(" and ")} take a cluster each, which other suites' do not; compare ${names.length === 1 ? "it" : "each"} by itself`;
}

/** Begins a sentence, or goes on in one. */
export function modeWords({ arm, proxy }: ArmsTake): string {
  return `arm ${arm} takes kube-proxy in ${proxy} mode`;
}

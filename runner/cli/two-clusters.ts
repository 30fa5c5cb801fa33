/** From a command line to the cluster, or the two, on which its arms run. */
import { UsageError } from "../errors.ts";
import type { Role } from "../result/result.ts";
import { isSameCluster, type KnownCluster } from "../undo/known-cluster.ts";
import { takenOn } from "./arm-labs.ts";
import type { Experiment } from "./compare-plan.ts";
import { oneSite, type Sites } from "./sites.ts";
import { hasTwoClusters, ownCluster } from "./two-cluster-options.ts";

/**
 * Pure: the options of each cluster, as if it were the only one.
 * @throws UsageError where a cluster is named for one arm only, or in two ways
 */
export function sitesOf(options: Experiment): Sites<Experiment> {
  if (!hasTwoClusters(options)) return oneSite({ ...options, ...takenOn(options, "both") });
  assertNothingOfOne(options);
  const [baseline, tuned] = [siteOf(options, "baseline"), siteOf(options, "tuned")];
  if (options.baselineLab !== undefined && options.baselineLab === options.tunedLab)
    throw new UsageError(sameWords(`lab "${options.baselineLab}"`));
  return { clusters: "two", baseline, tuned };
}

/** What is said of one target has no place beside two. */
function assertNothingOfOne({ context, labGiven, sideBySide, workload, against }: Experiment): void {
  const one = context !== undefined ? "context" : labGiven ? "lab" : null;
  if (one !== null)
    throw new UsageError(
      `--${one} names one cluster for both arms, and other options name one for each; give --baseline-${one} and --tuned-${one}, or --${one} alone`,
    );
  if (against !== undefined)
    throw new UsageError(
      `--against ${against}: a night is held against tonight on one cluster, and other options name one for each arm; name the cluster once, by --context or --lab`,
    );
  if (sideBySide)
    throw new UsageError(
      "--side-by-side: arms with a cluster each take turns; leave it out, or name one cluster for both",
    );
  if (workload !== undefined)
    throw new UsageError(
      "--workload is tried on one cluster, and each arm has one of its own here; leave it out, or name one cluster for both",
    );
}

function siteOf(options: Experiment, role: Role): Experiment {
  const { kubeconfig, context, lab } = ownCluster(options, role);
  const other = role === "baseline" ? "tuned" : "baseline";
  if (lab !== undefined && (kubeconfig !== undefined || context !== undefined))
    throw new UsageError(
      `--${role}-lab and --${role}-${context === undefined ? "kubeconfig" : "context"} name two clusters for the ${role} arm; give one of them`,
    );
  if (lab === undefined && kubeconfig === undefined && context === undefined)
    throw new UsageError(
      `a cluster is named for the ${other} arm only; name the ${role} arm's with --${role}-context, --${role}-kubeconfig or --${role}-lab`,
    );
  const { kubeconfig: shared, context: _, ...named } = options;
  const rest = { ...named, ...takenOn(options, role) };
  if (lab !== undefined) return { ...rest, lab };
  const file = kubeconfig ?? shared;
  return {
    ...rest,
    ...(file === undefined ? {} : { kubeconfig: file }),
    ...(context === undefined ? {} : { context }),
  };
}

/**
 * Pure: two names may lead to one cluster, and there both arms would be in one namespace.
 * @throws UsageError
 */
export function assertTwoClusters(baseline: KnownCluster, tuned: KnownCluster): void {
  if (!isSameCluster(baseline, tuned)) return;
  const { ref, clusterUid } = baseline;
  const name = ref.kind === "lab" ? `lab "${ref.name}"` : `context ${ref.context}`;
  throw new UsageError(sameWords(clusterUid === null ? name : `${name} (UID ${clusterUid})`));
}

function sameWords(cluster: string): string {
  return `both arms were given the same cluster, ${cluster}: leave the options that name one for each arm out, and name it once`;
}

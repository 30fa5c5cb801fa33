/** Whether blocks that were measured and those that are to come are of one experiment. */
import type { Result } from "../result/result.ts";
import type { Target } from "../result/target.ts";

/** By the names that the user knows them by. */
export type Facts = Readonly<Record<string, string>>;

/** What is not as it was, one entry each: "--rounds was 8 and is 10". */
export function differences(was: Facts, is: Facts): string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names
    .filter((name) => was[name] !== is[name])
    .map((name) => `${name} was ${was[name] ?? NOT_GIVEN} and is ${is[name] ?? NOT_GIVEN}`);
}

const NOT_GIVEN = "not given";

/** What of a run is to come out of its plan, as it did: a suite may have changed without its version. */
export interface Measuring extends Pick<Result, "load" | "duet"> {
  readonly arms: readonly { readonly name: string }[];
  readonly tunings: readonly { readonly arm: string; readonly setting: string }[];
}

export function measuringDifferences(was: Measuring, is: Measuring): string[] {
  return differences(measuringFacts(was), measuringFacts(is));
}

function measuringFacts({ load, duet, arms, tunings }: Measuring): Facts {
  const settings = (name: string) => tunings.flatMap(({ arm, setting }) => (arm === name ? [setting] : []));
  return {
    ...Object.fromEntries(Object.entries(load).map(([name, value]) => [`load.${name}`, String(value)])),
    "both arms at the same time": duet ? "so" : "not so",
    ...Object.fromEntries(arms.map(({ name }) => [`arm ${name}`, settings(name).join(", ") || "without settings"])),
  };
}

/** What speaks against its being the same cluster; what differs in it only counts where it is. */
export function clusterDifferences(was: Target, is: Target): string[] {
  if (was.uid == null || is.uid == null)
    return ["whether it is the same cluster can't be told, as namespace kube-system can't be read"];
  if (was.uid === is.uid) return differences(clusterFacts(was), clusterFacts(is));
  if (was.kind === "lab" && is.kind === "lab" && was.context === is.context)
    return ["the lab was started anew: it is another cluster"];
  const whose = ({ context, uid }: Target) => `${context} (UID ${uid})`;
  return [`the cluster was ${whose(was)} and is ${whose(is)}`];
}

function clusterFacts({ kind, kubernetes, cni, proxyMode, kernel, nodes, nodeFacts, leftOut = [] }: Target): Facts {
  // Nodes that take no part may come and go.
  const part = nodeFacts.filter(({ name }) => !leftOut.some((each) => each.name === name));
  const listed = part.map(({ name, cpus }) => `${name} (${cpus} CPUs)`).sort();
  return {
    "its kind": kind,
    "its Kubernetes": kubernetes,
    "its network": cni,
    "its proxy mode": proxyMode,
    "its kernel": kernel,
    "its list of nodes": nodes === null ? "not readable" : listed.join(", ") || "none",
  };
}

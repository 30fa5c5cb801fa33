import type { WorkloadTry } from "../../runner/result/workload.ts";

/** How a command line names it. */
export function workloadName({ namespace, name, container }: WorkloadTry): string {
  return `${namespace}/deployment/${name}/${container}`;
}

/** What was done there, and how it was left. */
export function workloadWords({ rollout, differs }: WorkloadTry): string {
  const what = {
    none: "Nothing had to be changed there, or nothing could be",
    done: "Its pods were rolled out with the settings of the tuned arm, read, and rolled back",
    failed: "Its pods did not come up with the settings of the tuned arm, and were rolled back",
  }[rollout];
  const left =
    differs.length === 0
      ? "It is as it was before"
      : `It is not as it was before in ${differs.join(", ")}, which somebody else has changed since, or could not be put back`;
  return `${what}. ${rollout === "none" && differs.length === 0 ? "" : `${left}. `}No load went to it.`;
}

/** Two clusters, one for each arm: how they are called, and what differs between them. */
import type { Result } from "../../runner/result/result.ts";
import type { Target, TargetDifference, Targets, TargetTrait } from "../../runner/result/target.ts";
import { nodeCount, VERDICT_MEANINGS } from "../view/words.ts";

export const TRAIT_WORDS: Readonly<Record<TargetTrait, string>> = {
  distribution: "distribution",
  kubernetes: "Kubernetes",
  kernel: "kernel",
  runtime: "container runtime",
  cni: "CNI",
  "proxy-mode": "proxy mode",
  nodes: "nodes",
  "node-sizes": "node sizes",
  region: "region",
  zone: "zone",
};

const NOT_KNOWN = "not known";

/** One cell of a table of differences. */
export function traitValue(value: string | null): string {
  return value ?? NOT_KNOWN;
}

/** "the lab, Kubernetes v1.34.4, 2 nodes" */
export function targetWords(target: Target, name = target.kind === "lab" ? "the lab" : target.context): string {
  return `${name}, Kubernetes ${target.kubernetes}, ${nodeCount(target.nodes)}`;
}

/** Where it ran, in as many clauses as there were clusters. */
export function whereWords({ target, targets }: Pick<Result, "target" | "targets">): readonly string[] {
  if (targets === undefined) return [targetWords(target)];
  return [
    `A (baseline): ${targetWords(targets.baseline, targets.baseline.context)}`,
    `B (tuned): ${targetWords(targets.tuned, targets.tuned.context)}`,
  ];
}

/** What of them differs, in a clause; what is known of neither may differ as well, and is told apart. */
export function differenceWords({ differences }: Targets): string {
  const isUnknown = ({ baseline, tuned }: TargetDifference) => baseline === null && tuned === null;
  const known = differences.filter((each) => !isUnknown(each));
  const unknown = differences.filter(isUnknown).map(({ what }) => TRAIT_WORDS[what]);
  const differ = known.map(
    ({ what, baseline, tuned }) => `${TRAIT_WORDS[what]} (${traitValue(baseline)} and ${traitValue(tuned)})`,
  );
  return [
    differ.length === 0
      ? "the two clusters differ in nothing that their APIs tell"
      : `the two clusters differ in ${differ.join(", ")}`,
    ...(unknown.length === 0 ? [] : [`not known of either: ${unknown.join(", ")}`]),
    "hardware, network and neighbours are not told by any API",
  ].join("; ");
}

/** What a verdict means for someone who has not read the manual. */
export function verdictMeaning({ verdict, targets }: Pick<Result, "verdict" | "targets">): string {
  const meaning = VERDICT_MEANINGS[verdict];
  const cause = causeWords({ verdict, ...(targets === undefined ? {} : { targets }) });
  return cause === "" ? meaning : `${meaning.replace("the tuned arm", "the tuned cluster")}${cause}`;
}

/** What two clusters can't tell of a difference, as a sentence's last clause; "" where there is nothing to add. */
export function causeWords({ verdict, targets }: Pick<Result, "verdict" | "targets">): string {
  if (targets === undefined || (verdict !== "improved" && verdict !== "regressed")) return "";
  return "; which of the clusters’ differences did it, this run can’t tell";
}

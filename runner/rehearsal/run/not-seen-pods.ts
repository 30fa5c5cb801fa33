/** What of the targets' pods was not seen, and where the search met them other than the day. Pure. */
import type { RehearsedStage, StagePods } from "../../result/rehearsal.ts";
import { skewed } from "./skewed.ts";

type Stage = Pick<RehearsedStage, "kind" | "pods">;
type Unseen = StagePods["unseen"][number];

/** More names than this help nobody. */
const MOST_NAMES = 3;

/** Sentences. */
export function notSeenPods(stages: readonly Stage[]): string[] {
  const unseen = stages.flatMap(({ pods }) => pods?.unseen ?? []);
  const cutS = stages.reduce((sum, { pods }) => sum + (pods?.cutS ?? 0), 0);
  const withoutAgent = unseen.filter(({ because }) => because === "no-agent");
  const nodes = [...new Set(withoutAgent.map(({ node }) => node))];
  const notFound = unseen.filter(({ because }) => because === "not-found");
  const late = unseen.filter(({ because }) => because === "late");
  return [
    ...nodes.map(
      (node) =>
        `What ${podNames(withoutAgent.filter((each) => each.node === node))} dropped: ${node === null ? "on which node is not known" : `no agent runs on node ${node}`}.`,
    ),
    ...(notFound.length === 0
      ? []
      : [`What ${podNames(notFound)} dropped: ${they(notFound)} had gone before a process was found, or none was.`]),
    ...(late.length === 0
      ? []
      : [`What ${podNames(late)} dropped before ${they(late)} could be read (${longest(late)} s).`]),
    ...(cutS === 0
      ? []
      : [`What pods dropped that came and went in ${seconds(cutS)} s in which the cluster did not tell of them.`]),
  ];
}

/** The search, where nodes were full of pods that the day had elsewhere. */
export function notSpread(stages: readonly Stage[]): string[] {
  const [first] = stages;
  if (first?.kind !== "day" || !first.pods) return [];
  const { placed } = first.pods;
  const isSkewed = stages
    .filter(({ kind }) => kind === "search")
    .map(({ pods }) => skewed(placed, pods?.placed ?? []))
    .find((each) => each.length > 0);
  return (isSkewed ?? []).map(
    ({ target, node, pods, of, before }) =>
      `The search with the pods of ${target} spread as on the day: ${pods} of ${of} ran on node ${node}, where before no node had more than ${before}.`,
  );
}

function podNames(pods: readonly Unseen[]): string {
  const names = [...new Set(pods.map(({ pod }) => pod))].sort();
  const told = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length - MOST_NAMES;
  return `pod${names.length === 1 ? "" : "s"} ${told}${more > 0 ? ` and ${more} more` : ""}`;
}

function they(pods: readonly Unseen[]): string {
  return new Set(pods.map(({ pod }) => pod)).size === 1 ? "it" : "they";
}

function longest(pods: readonly Unseen[]): string {
  return seconds(Math.max(...pods.map(({ forS }) => forS)));
}

function seconds(value: number): string {
  return String(Number(value.toFixed(1)));
}

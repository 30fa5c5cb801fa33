import type { Lack } from "../check.ts";
import type { Seen } from "../seen.ts";
import type { Counters, Inside, NodeInside, PodInside } from "./state.ts";

const BY_KERNEL = "its kernel does not tell";

/** Nodes that nobody could read, and what the others do not tell. */
export function lacksOf({ nodes, failed }: Inside, ofNode: (node: NodeInside) => readonly Lack[]): Lack[] {
  return [
    ...failed.map(({ name, because }) => ({ what: "the inside of a node", node: name, because })),
    ...nodes.flatMap(ofNode),
  ];
}

/** Of counters that this node does not have. */
export function uncounted({ name, counters }: NodeInside, ...wanted: readonly (keyof Counters)[]): Lack[] {
  return wanted
    .filter((counter) => counters[counter] === undefined)
    .map((counter) => ({ what: `counter ${counter}`, node: name, because: BY_KERNEL }));
}

export function unset({ name, sysctls }: NodeInside, ...wanted: readonly string[]): Lack[] {
  return wanted
    .filter((key) => sysctls[key] === undefined)
    .map((key) => ({ what: key, node: name, because: BY_KERNEL }));
}

/** Pods into which nobody looked, and what the others do not tell. */
export function unreadPods(node: NodeInside, tells: (pod: PodInside) => boolean): Lack[] {
  const { name, pods } = node;
  if ("unseen" in pods) return [{ what: "the inside of pods", node: name, because: pods.unseen }];
  const { looked, more } = pods.seen;
  return [
    ...(more === 0
      ? []
      : [{ what: "all pods", node: name, because: `more run there than the ${looked.length} that were looked into` }]),
    ...(looked.every(tells)
      ? []
      : [{ what: "all of the inside of pods", node: name, because: "one of them ended meanwhile" }]),
  ];
}

export function unread(node: string, what: string, part: Seen<unknown>): Lack[] {
  return "unseen" in part ? [{ what, node, because: part.unseen }] : [];
}

/** Those that were looked into. */
export function podsIn({ pods }: NodeInside): readonly PodInside[] {
  return "seen" in pods ? pods.seen.looked : [];
}

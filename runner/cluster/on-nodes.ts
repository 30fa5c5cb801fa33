import type { V1Affinity, V1NodeSelectorTerm, V1Pod } from "@kubernetes/client-node";

const NAME = "metadata.name";

/** Lets pods run on these nodes and on no others. It goes by the nodes' names: their hostname labels may differ. */
export function onNodes(nodes: readonly string[]): V1Affinity {
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: nodes.map(isNode) } } };
}

/** A term that holds for one node. The API compares a field with one value only; terms are alternatives. */
export function isNode(name: string): V1NodeSelectorTerm {
  return { matchFields: [{ key: NAME, operator: "In", values: [name] }] };
}

/** The nodes to which a pod is bound by name; none if it is not. */
export function boundTo({ spec }: V1Pod): string[] {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = required?.nodeSelectorTerms.flatMap(({ matchFields }) => matchFields ?? []) ?? [];
  return fields.flatMap(({ key, values }) => (key === NAME ? (values ?? []) : []));
}

import type { ActsIn, Tuning } from "./tuning.ts";

interface KeyAndValue extends Tuning {
  readonly key: string;
  readonly value: string;
}

/** Set through the agent: in the machine's first network namespace ("kernel") or in the node's own. */
export interface NodeSysctl extends KeyAndValue {
  readonly kind: "node-sysctl";
  readonly scope: "kernel" | "node";
  readonly nodeChange: string;
  /** It is meant to raise a limit: an arm is refused where a node has more already. */
  readonly onlyRaises: boolean;
}

/** Set in the load pods' `securityContext.sysctls`: part of the pod, gone with it. */
export interface PodSysctl extends KeyAndValue {
  readonly kind: "pod-sysctl";
  readonly scope: "pod-spec";
}

export type Sysctl = NodeSysctl | PodSysctl;

export const IN_NODES: ActsIn = { words: "the nodes' network namespaces", places: ["node"] };
export const IN_CLIENTS: ActsIn = { words: "the client pods' network namespaces", places: ["client-pods"] };
export const IN_SERVERS: ActsIn = { words: "the server pods' network namespaces", places: ["server-pods"] };
export const IN_ALL_PODS: ActsIn = {
  words: "the client and server pods' network namespaces",
  places: ["client-pods", "server-pods"],
};

export function nodeSysctl(
  given: Pick<NodeSysctl, "name" | "key" | "value" | "scope" | "actsIn" | "note"> &
    Partial<Pick<NodeSysctl, "onlyRaises">>,
): NodeSysctl {
  const { key, value, scope } = given;
  const words = { setting: `${key} = ${value}`, nodeChange: `sets ${key} on every node` };
  const sets = [{ what: `${key} in ${scope === "kernel" ? "the nodes' kernels" : "the nodes"}`, value, key }];
  return { onlyRaises: false, ...given, kind: "node-sysctl", ...words, sets };
}

export function podSysctl(given: Pick<PodSysctl, "name" | "key" | "value" | "actsIn" | "note">): PodSysctl {
  const { key, value } = given;
  const sets = [{ what: `${key} in the client pods`, value, key }];
  return { ...given, kind: "pod-sysctl", scope: "pod-spec", setting: `${key} = ${value}`, sets };
}

export function isNodeSysctl(tuning: Tuning): tuning is NodeSysctl {
  return tuning.kind === "node-sysctl";
}

export function isPodSysctl(tuning: Tuning): tuning is PodSysctl {
  return tuning.kind === "pod-sysctl";
}

export function isSysctl(tuning: Tuning): tuning is Sysctl {
  return isNodeSysctl(tuning) || isPodSysctl(tuning);
}

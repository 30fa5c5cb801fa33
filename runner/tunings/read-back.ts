import type { Agents } from "../probes/agents.ts";
import { type SysctlPlace, type SysctlRequest, sysctls } from "../probes/sysctl.ts";
import type { Sysctl } from "./tuning.ts";

export interface PodPlace {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly role: "client" | "server";
}

/** One value as it was found in one place. */
export interface ReadBack {
  readonly tuning: string;
  /**
   * Which kind of place: the node itself, the pods of one role, the Deployment around them, the proxies before them, the
   * resolvers in the client pods, or the cluster's DNS.
   */
  readonly place:
    | "node"
    | "client-pods"
    | "server-pods"
    | "deployment"
    | "proxies"
    | "glibc-resolvers"
    | "musl-resolvers"
    | "node-resolvers"
    | "cluster-dns";
  readonly where: string;
  /** Which field of it, where a tuning sets several. */
  readonly field?: string;
  readonly wanted: string;
  readonly got: string | null;
}

interface Place {
  readonly kind: "node" | "client-pods" | "server-pods";
  readonly where: string;
  readonly in: SysctlPlace;
}

/** Reads every sysctl's value on every node and in every pod of the workload: where it was set, and where it must act. */
export async function readBack(
  agents: Agents,
  tunings: readonly Sysctl[],
  pods: readonly PodPlace[],
): Promise<ReadBack[]> {
  const perNode = await Promise.all(
    agents.nodes.map(async (node) => {
      const places = placesOn(node, pods);
      const asked = tunings.flatMap((tuning) =>
        places.filter((place) => exists(tuning, place)).map((place) => ({ tuning, place })),
      );
      const requests: SysctlRequest[] = asked.map(({ tuning, place }) => ({ key: tuning.key, in: place.in }));
      const answers = await sysctls(agents, node, requests);
      return asked.map(({ tuning, place }, index) => ({
        tuning: tuning.name,
        place: place.kind,
        where: place.where,
        wanted: tuning.value,
        got: answers[index]?.got ?? answers[index]?.before ?? null,
      }));
    }),
  );
  return perNode.flat();
}

function placesOn(node: string, pods: readonly PodPlace[]): Place[] {
  const own: Place = { kind: "node", where: `node ${node}`, in: "node" };
  return [
    own,
    ...pods
      .filter((pod) => pod.node === node)
      .map((pod): Place => ({ kind: `${pod.role}-pods`, where: `pod ${pod.name}`, in: `pod:${pod.uid}` })),
  ];
}

/** Connection tracking for pods happens in their node's namespace; the same sysctl in a pod would say nothing. */
function exists(tuning: Sysctl, place: Place): boolean {
  return place.kind === "node" || !tuning.key.startsWith("net.netfilter.");
}

import type { Agents } from "../probes/agents.ts";
import { type SysctlPlace, type SysctlRequest, sysctls } from "../probes/sysctl.ts";
import type { Sysctl } from "./sysctl.ts";

export interface PodPlace {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly role: "client" | "server";
}

/** One value as it was found in one place. */
export interface ReadBack {
  readonly tuning: string;
  /** Which kind of place, of those that tunings act in (ActsIn.places). */
  readonly place: string;
  readonly where: string;
  /** What places like this are called together, where many come and go and are told as one, e.g. "client pods". */
  readonly among?: string;
  /** Which field of it, where a tuning sets several. */
  readonly field?: string;
  readonly wanted: string;
  readonly got: string | null;
}

interface Place {
  readonly kind: "node" | "client-pods" | "server-pods";
  readonly among?: string;
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
        ...(place.among === undefined ? {} : { among: place.among }),
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
      .map((pod): Place => {
        return { kind: `${pod.role}-pods`, among: `${pod.role} pods`, where: `pod ${pod.name}`, in: `pod:${pod.uid}` };
      }),
  ];
}

/** Connection tracking for pods happens in their node's namespace; the same sysctl in a pod would say nothing. */
function exists(tuning: Sysctl, place: Place): boolean {
  return place.kind === "node" || !tuning.key.startsWith("net.netfilter.");
}

/** What of a tuning's patch is in force in a user's Deployment and in its live pods. */
import type { Agents } from "../../probes/agents.ts";
import { sysctls } from "../../probes/sysctl.ts";
import type { ReadBack } from "../read-back.ts";
import { isPodSysctl } from "../sysctl.ts";
import type { Tuning } from "../tuning.ts";
import { fieldOf, patchFields, pathText } from "./patch-fields.ts";
import type { JsonMap } from "./tree.ts";

export interface PatchingTuning {
  readonly tuning: Tuning;
  readonly patch: JsonMap;
}

export interface LivePod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  /** Of the API. */
  readonly object: object;
}

/** Pure: the fields of the patches, in the specs that the API has of the pods and of the Deployment. */
export function readBackSpecs(
  tunings: readonly PatchingTuning[],
  deployment: object,
  pods: readonly LivePod[],
): ReadBack[] {
  return tunings.flatMap(({ tuning, patch }) =>
    patchFields(patch).flatMap(({ in: of, path, wanted, removes }): ReadBack[] => {
      const about = { tuning: tuning.name, field: pathText(path), wanted: removes ? NONE : wanted };
      const got = (object: object) => fieldOf(object, path) ?? NONE;
      if (of === "deployment") return [{ ...about, place: "deployment", where: "Deployment", got: got(deployment) }];
      return pods.map(({ name, object }) => ({ ...about, ...IN_SPECS, where: `pod ${name}`, got: got(object) }));
    }),
  );
}

const NONE = "none";
const IN_SPECS = { place: "pods", among: "pods’ specs" } as const;

/** Sysctls in the network namespaces of the pods: of those whose node has an agent that can read it there. */
export async function readBackSysctls(
  tunings: readonly PatchingTuning[],
  pods: readonly LivePod[],
  agents: Agents,
): Promise<ReadBack[]> {
  const keys = tunings.flatMap(({ tuning }) => (isPodSysctl(tuning) ? [tuning] : []));
  const reached = pods.filter(({ node }) => agents.nodes.includes(node));
  const asked = reached.map(async ({ name, uid, node }) => {
    const answers = await sysctls(
      agents,
      node,
      keys.map(({ key }) => ({ key, in: `pod:${uid}` })),
    );
    return keys.flatMap((tuning, index): ReadBack[] => {
      const got = answers[index]?.got ?? answers[index]?.before ?? null;
      const where = { place: "pods", among: "pods’ network namespaces", where: `pod ${name}`, field: tuning.key };
      return got === null ? [] : [{ tuning: tuning.name, ...where, wanted: tuning.value, got }];
    });
  });
  return (await Promise.all(asked)).flat();
}

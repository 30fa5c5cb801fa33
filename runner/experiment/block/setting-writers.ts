import type { KnownPod } from "../../cluster/known-pods.ts";
import type { NodeTrace } from "../../probes/sampler.ts";
import { type KnownPods, settingChanges, writersUids } from "./setting-changes.ts";

/** Names those who set, during blocks, what an arm sets on nodes. */
export interface SettingWriters {
  /** Pods whose processes did; those that are gone by now, or that we may not list, are left out. */
  podsOf(traces: readonly NodeTrace[]): Promise<KnownPods>;
}

const NOBODY: KnownPods = new Map();

/**
 * @param podsOn a node, asked where a pod set something there
 * @param tell told once why nobody is seen, and only where something was set
 */
export function settingWriters(
  podsOn: (node: string) => Promise<KnownPod[]>,
  tell: (sentence: string) => void,
): SettingWriters {
  const known = new Map<string, KnownPod>();
  let told = false;
  return {
    async podsOf(traces) {
      for (const trace of traces) {
        const { node, writersUnseen } = trace;
        const isUnseen = settingChanges(trace, NOBODY).some(({ by }) => by === undefined);
        if (writersUnseen !== undefined && isUnseen && !told) {
          told = true;
          tell(`Who changes settings on ${node} is not seen: ${writersUnseen}`);
        }
        if (writersUids(trace).every((uid) => known.has(uid))) continue;
        for (const pod of await podsOn(node).catch((): KnownPod[] => [])) {
          for (const uid of pod.uids) known.set(uid, pod);
        }
      }
      return known;
    },
  };
}

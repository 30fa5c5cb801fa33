/** Pods that can't have our programs say why, in the words of fetch.sh. */
import type { V1Pod } from "@kubernetes/client-node";
import type { Cluster } from "../cluster/cluster.ts";
import { whatMayForbid } from "../cluster/network-policies.ts";
import { EnvironmentError, reasonOf } from "../errors.ts";

const NO_WAY = /can't be fetched from packetwalk's depot/;

/**
 * Pure: what a pod of these said whose programs could not be fetched, though it may be trying again by now; undefined if none did.
 */
export function notFetched(pods: readonly V1Pod[]): string | undefined {
  for (const { metadata, status } of pods) {
    for (const { state, lastState } of [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
    ]) {
      const said = [state?.terminated?.message, lastState?.terminated?.message].find((each) => NO_WAY.test(each ?? ""));
      const line = said?.trim().split("\n").at(-1);
      if (line !== undefined) return `pod ${metadata?.name}: ${line}`;
    }
  }
  return undefined;
}

/** An error that says that there is no way to the depot, with what may stand in it; any other as it is. */
export async function withWhatForbids(cluster: Cluster, error: unknown): Promise<unknown> {
  if (!(error instanceof EnvironmentError) || !NO_WAY.test(reasonOf(error))) return error;
  return new EnvironmentError(`${reasonOf(error)} (${await whatMayForbid(cluster)})`);
}

import { z } from "zod";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { NAMESPACE } from "../../../../runner/cluster/own-namespace.ts";
import type { EndpointSync } from "../../analysis/input.ts";
import { MANIFESTS } from "../manifests.ts";
import { readProxyLog } from "./proxy-log.ts";
import { applyForPath } from "./proxy-pods.ts";

const CONTAINER = "endpoints-sync";

/** A line that the agent's command endpoints-sync prints when a proxy has taken a set. */
const SyncLine = z.object({ atUnixMs: z.number(), addresses: z.array(z.string()) });

/** Lets pods of ServiceAccount endpoints-sync read EndpointSlices. */
export async function allowEndpointsSync(cluster: Cluster, path: string): Promise<void> {
  await applyForPath(cluster, path, MANIFESTS.objects("paths/endpoints-sync"));
}

/** The sets that a pod's container endpoints-sync had its proxy take since then, and before them the one in force then. */
export async function readSyncs(cluster: Cluster, pod: string, sinceUnixMs: number): Promise<EndpointSync[]> {
  const log = await readProxyLog(cluster, { namespace: NAMESPACE, pod, container: CONTAINER }, 0);
  return syncsSince(parseSyncs(log.lines), sinceUnixMs);
}

export function parseSyncs(lines: readonly string[]): EndpointSync[] {
  // Troubles stand between them, as sentences.
  return lines.filter((line) => line.startsWith("{")).map((line) => SyncLine.parse(JSON.parse(line)));
}

/** Those since then, and the last one before. */
export function syncsSince(syncs: readonly EndpointSync[], sinceUnixMs: number): EndpointSync[] {
  const first = syncs.findLastIndex((each) => each.atUnixMs <= sinceUnixMs);
  return syncs.slice(Math.max(first, 0));
}

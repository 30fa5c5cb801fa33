import { z } from "zod";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import type { EndpointSync } from "../../analysis/input.ts";
import { MANIFESTS } from "../manifests.ts";
import { readProxyLog } from "./proxy-log.ts";
import { applyForPath } from "./proxy-pods.ts";
import { type ParsedSyncs, type SyncLog, syncLog } from "./syncs.ts";

const CONTAINER = "endpoints-sync";

/** A line that the agent's command endpoints-sync prints when a proxy has taken a set. */
const SyncLine = z.object({ atUnixMs: z.number(), addresses: z.array(z.string()) });

/** Lets pods of ServiceAccount endpoints-sync read EndpointSlices. */
export async function allowEndpointsSync(cluster: Cluster, path: string): Promise<void> {
  await applyForPath(cluster, path, MANIFESTS.objects("paths/endpoints-sync"));
}

/** The sets that a pod's container endpoints-sync had its proxy take since then, and before them the one in force then. */
export async function readSyncs(cluster: Cluster, pod: string, sinceUnixMs: number): Promise<SyncLog> {
  const from = { namespace: cluster.namespace, pod, container: CONTAINER };
  const { lines } = await readProxyLog(cluster, from, 0);
  return syncLog(parseSyncs(lines), from, sinceUnixMs);
}

export function parseSyncs(lines: readonly string[]): ParsedSyncs {
  let syncs: EndpointSync[] = [];
  let garbled = 0;
  for (const line of lines) {
    const read = readJsonLine(line);
    // Troubles stand between them, as sentences.
    if (read.kind === "text") continue;
    const sync = SyncLine.safeParse(read.kind === "document" ? read.document : undefined);
    if (sync.success) {
      syncs.push(sync.data);
    } else if (read.kind === "garbled") {
      garbled += 1;
      syncs = [];
    }
  }
  return { syncs, garbled };
}

import type { Cluster } from "../cluster/cluster.ts";
import { pluginOf } from "../doctor/corefile.ts";
import { readCorefile } from "../doctor/read/corefile.ts";

/** What nearly every cluster calls itself. */
const USUAL = "cluster.local";

/** Domains of the cluster's own names, as its CoreDNS has them; where that can't be read, the usual one. */
export async function clusterDomains(cluster: Cluster): Promise<readonly string[]> {
  const blocks = await readCorefile(cluster, () => {}).then(
    (corefile) => corefile.blocks,
    () => [],
  );
  const zones = blocks.flatMap((block) => pluginOf(block, "kubernetes")?.args ?? []);
  const names = zones.map((zone) => zone.replace(/:\d+$/, "").replace(/\.$/, "").toLowerCase());
  const domains = [...new Set(names)].filter((zone) => zone !== "" && !/(^|\.)(in-addr|ip6)\.arpa$/.test(zone));
  return domains.length === 0 ? [USUAL] : domains;
}

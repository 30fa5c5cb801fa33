import type { Cluster } from "../cluster/cluster.ts";
import { deleteClusterObject } from "../cluster/cluster-objects.ts";
import { createNamespace, deleteNamespace, namespaceExists } from "../cluster/namespace.ts";
import { EnvironmentError } from "../errors.ts";
import { connectAgents, deployAgents } from "../probes/agents.ts";
import { flushConntrack } from "../probes/conntrack.ts";
import type { Progress } from "../progress.ts";
import { writeBack } from "../tunings/apply.ts";
import { type OpenJournal, removeJournal } from "./journal.ts";
import { removeNodeAddress } from "./node-address.ts";

/** Undoes what one interrupted run left on its target, through the API, and removes its journal. */
export async function restoreOnCluster(cluster: Cluster, journal: OpenJournal, progress: Progress): Promise<void> {
  const needsAgents = journal.sysctls.length > 0 || journal.conntrack.length > 0 || journal.nodeAddresses.length > 0;
  if (needsAgents) {
    await progress.step("Putting node settings back", async (update) => {
      const agents = await agentsFor(cluster, journal.run.agentImage);
      for (const { node, addresses } of journal.conntrack) {
        if (agents.nodes.includes(node)) await flushConntrack(agents, node, addresses);
      }
      for (const { node, address } of journal.nodeAddresses) {
        if (agents.nodes.includes(node)) await removeNodeAddress(agents, node, address);
      }
      const failed = await writeBack(agents, journal.sysctls);
      const first = failed[0];
      if (first)
        throw new EnvironmentError(
          `${first.key} could not be put back: ${first.error}; the journal ${journal.file} is kept`,
        );
      update(`${journal.sysctls.length} values`);
    });
  }
  if (journal.clusterObjects.length > 0) {
    await progress.step("Deleting the run's objects outside its namespace", async () => {
      for (const object of journal.clusterObjects) await deleteClusterObject(cluster, object);
    });
  }
  if (journal.namespace) await progress.step("Deleting the run's namespace", () => deleteNamespace(cluster));
  removeJournal(journal);
}

/** The interrupted run's agents if they still run, else new ones. */
async function agentsFor(cluster: Cluster, image: string) {
  if (!(await namespaceExists(cluster))) await createNamespace(cluster);
  try {
    return await connectAgents(cluster, AbortSignal.timeout(5000));
  } catch {
    return deployAgents(cluster, image);
  }
}

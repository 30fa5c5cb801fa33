import { expect } from "vitest";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { listNodes } from "../../../runner/cluster/fit-nodes.ts";
import { withScope } from "../../../runner/experiment/block/scope.ts";
import { tuningReports } from "../../../runner/experiment/tuning-reports.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { type PathBefore, readPath, undoPath } from "../../../runner/probes/pod-path.ts";
import type { TuningReport } from "../../../runner/result/tuning.ts";
import type { PodPlace } from "../../../runner/tunings/read-back.ts";
import { endOf } from "../../../suites/overlay-tax/stage/overlay-stage.ts";
import { switchPath } from "../../../suites/overlay-tax/stage/path-switch.ts";
import { readBackArm } from "../../../suites/overlay-tax/stage/read-back.ts";
import type { OverlayTuning } from "../../../suites/overlay-tax/tunings.ts";

/** Has two nodes reach each other's pods as an arm of overlay-tax wants, reads that back, and puts it back as a run does. */
export async function tryOnPaths(
  cluster: Cluster,
  agents: Agents,
  tunings: readonly OverlayTuning[],
  pods: readonly PodPlace[],
): Promise<TuningReport[]> {
  const [client, server] = (await ends(cluster, pods)) as [NodeOfPods, NodeOfPods];
  const look = async () => {
    const of = (self: NodeOfPods, peer: NodeOfPods) =>
      readPath(agents, self.name, { self: self.address, pods: [], to: [peer.podIp] });
    return { client: await of(client, server), server: await of(server, client) };
  };
  const ways = async () => Object.values(await look()).map(({ ways, links }) => [ways, links.map(({ name }) => name)]);
  const before = await ways();
  const recorded: { readonly node: string; readonly before: PathBefore }[] = [];
  const changes = {
    record(change: { readonly change: string }) {
      if (isOfPaths(change)) recorded.push(change);
    },
    async revert() {
      for (const { node, before } of recorded.splice(0)) expect(await undoPath(agents, node, before)).toEqual([]);
    },
  };
  const reports = await withScope(async (scope) => {
    await switchPath({ agents, changes, ends: { client, server } }, { tunings }, scope);
    const readBacks = readBackArm(tunings, { client, server }, await look());
    return tuningReports({ name: "tried", tunings }, { writes: [], readBacks });
  });
  expect(await ways()).toEqual(before);
  return reports;
}

type NodeOfPods = ReturnType<typeof endOf> & { readonly podIp: string };

async function ends(cluster: Cluster, pods: readonly PodPlace[]): Promise<NodeOfPods[]> {
  const nodes = await listNodes(cluster);
  const { items } = await cluster.core.listPodForAllNamespaces();
  const names = [...new Set(pods.map(({ node }) => node))];
  return names.map((name) => {
    const uid = pods.find(({ node }) => node === name)?.uid;
    const podIp = items.find(({ metadata }) => metadata?.uid === uid)?.status?.podIP ?? "";
    return { ...endOf(nodes, name), podIp };
  });
}

function isOfPaths(change: object): change is { readonly node: string; readonly before: PathBefore } {
  return "change" in change && change.change === "pod-path";
}

/** When a changed EndpointSlice is in force on each node: seen by connections to its Service. */
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Service } from "@kubernetes/client-node";
import { z } from "zod";
import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { apply } from "../../../runner/cluster/manifests.ts";
import { EnvironmentError } from "../../../runner/errors.ts";
import { hostPort } from "../../../runner/host-port.ts";
import { readDocument } from "../../../runner/json-document.ts";
import type { Agents } from "../../../runner/probes/agents.ts";
import { type ReachReport, seenChange } from "../analysis/changes.ts";
import type { Change } from "../evidence.ts";
import { OPEN_PORT, switched } from "./members.ts";

const outcome = z.enum(["open", "refused", "unanswered", ""]);
const Report: z.ZodType<ReachReport> = z.object({
  beganUnixMs: z.number(),
  endedUnixMs: z.number(),
  first: outcome,
  last: outcome,
  attempts: z.number(),
  otherUnixMs: z.number(),
  sinceUnixMs: z.number(),
});

/** Long enough for every node's attempts to have begun, and for kube-proxy to have its second between syncs behind it. */
const BEFORE_MS = 1_500;
const TIMEOUT_MS = 60_000;
const EVERY_MS = 5;

export interface Switching {
  /** Switches the endpoint there and back, so often. */
  changes(times: number): Promise<Change[]>;
}

/** Puts up the Service whose endpoint is switched, and waits until it answers on every node. */
export async function switching({
  cluster,
  agents,
  podIp,
  signal,
}: {
  cluster: Cluster;
  agents: Agents;
  podIp: string;
  signal: AbortSignal;
}): Promise<Switching> {
  const { service, slice } = switched(podIp, "open");
  const clusterIp = (await apply<V1Service>(cluster, service)).spec?.clusterIP;
  if (!clusterIp) throw new EnvironmentError("the Service scale-switched got no cluster address");
  await apply(cluster, slice);
  const address = hostPort(clusterIp, OPEN_PORT);
  const reach = async (node: string, until: Change["to"]): Promise<ReachReport> => {
    const args = ["reach", "--address", address, "--until", until];
    const bounds = ["--every-ms", String(EVERY_MS), "--timeout-ms", String(TIMEOUT_MS)];
    const output = await agents.run(node, [...args, ...bounds], { timeoutMs: TIMEOUT_MS + 30_000, signal });
    return readDocument(`agent reach on node ${node}`, output, Report);
  };
  for (const node of agents.nodes) {
    const { sinceUnixMs, last } = await reach(node, "open");
    if (sinceUnixMs === 0)
      throw new EnvironmentError(
        `connections from node ${node} to a Service of ours (${address}) ended as ${last || "nothing"} for ${TIMEOUT_MS / 1000} s`,
      );
  }
  const change = async (to: Change["to"]): Promise<Change[]> => {
    const seen = agents.nodes.map(async (node) => {
      const askedUnixMs = Date.now();
      const report = await reach(node, to);
      return { node, report, askedUnixMs, answeredUnixMs: Date.now() };
    });
    await Promise.race([sleep(BEFORE_MS, undefined, { signal }), Promise.all(seen)]);
    const sentUnixMs = Date.now();
    const sending = apply(cluster, switched(podIp, to).slice).then(() => Date.now());
    const [changedUnixMs, ...reports] = await Promise.all([sending, ...seen]);
    return reports.map((each) => seenChange({ ...each, to, sentUnixMs, changedUnixMs }));
  };
  return {
    async changes(times) {
      const all: Change[] = [];
      for (let time = 0; time < times; time++) all.push(...(await change("refused")), ...(await change("open")));
      return all;
    },
  };
}

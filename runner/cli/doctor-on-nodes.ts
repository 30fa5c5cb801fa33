import { readDnsMetrics } from "../doctor/read/dns-metrics.ts";
import { readEtcd } from "../doctor/read/etcd-metrics.ts";
import { orWhy } from "../doctor/read/or-why.ts";
import type { DeepState } from "../doctor/state.ts";
import type { Progress } from "../progress.ts";
import { readByAgents } from "./doctor-agents.ts";
import type { OpenTarget } from "./open-target.ts";
import type { TargetOptions } from "./target-options.ts";

/** What nodes and pods tell themselves: by agents, and by metrics through the API server's proxy. */
export async function readDeep(
  target: OpenTarget,
  { nodeSelector }: TargetOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<DeepState> {
  const { cluster } = target;
  const [dnsMetrics, etcd] = await Promise.all([orWhy(readDnsMetrics(cluster)), orWhy(readEtcd(cluster))]);
  return { dnsMetrics, etcd, inside: await readByAgents(target, nodeSelector, progress, signal) };
}

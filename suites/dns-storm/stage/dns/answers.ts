/** When a DNS server answers: kube-proxy's rules follow a new pod some time after it is ready. */
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { execInPod } from "../../../../runner/cluster/exec.ts";
import { whatMayForbid } from "../../../../runner/cluster/network-policies.ts";
import { AGENT } from "../../../../runner/delivery/programs.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";

/** A name that exists in every cluster. */
const ALWAYS_THERE = "kubernetes.default.svc.cluster.local";
const PATIENCE_MS = 30_000;

/**
 * Returns when it answers queries from every node.
 * @throws EnvironmentError if it does not within 30 s
 */
export async function answersOnNodes(agents: Agents, ip: string, signal?: AbortSignal): Promise<void> {
  await Promise.all(agents.nodes.map((node) => agents.run(node, ask(ip), { signal })));
}

/**
 * Returns when it answers queries from every one of our load pods.
 * @throws EnvironmentError if it does not within 30 s, with the policies that may forbid it
 */
export async function answersInPods(
  cluster: Cluster,
  pods: readonly string[],
  ip: string,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    pods.map(async (pod) => {
      const at = { namespace: cluster.namespace, pod, container: "load" };
      const options = { timeoutMs: 2 * PATIENCE_MS, signal };
      const { exitCode, stderr } = await execInPod(cluster, at, [AGENT, ...ask(ip)], options);
      if (exitCode === 0) return;
      const says = `the DNS under test does not answer load pod ${pod}: ${stderr.trim()}`;
      throw new EnvironmentError(`${says} (${await whatMayForbid(cluster)})`);
    }),
  );
}

function ask(ip: string): string[] {
  return ["dns-ask", "--server", ip, "--name", ALWAYS_THERE, "--within-ms", String(PATIENCE_MS)];
}

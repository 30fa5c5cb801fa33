import type { Agents } from "../../../../runner/probes/agents.ts";
import type { NodesWatch } from "./nodes-watch.ts";
import { watchNode } from "./pod-timeline-node.ts";

/** The agents learn of each pod's address and main process as soon as the API shows them. */
export async function watchByAgents(agents: Agents, signal: AbortSignal): Promise<NodesWatch> {
  const watches = await Promise.all(agents.nodes.map((node) => watchNode(agents, node, signal)));
  const addresses = new Set<string>();
  const containers = new Set<string>();
  return {
    present(pod, containerId) {
      const ip = pod.status?.podIP;
      if (ip && !addresses.has(ip)) {
        addresses.add(ip);
        for (const watch of watches) watch.watchAddress(ip);
      }
      if (containerId && !containers.has(containerId)) {
        containers.add(containerId);
        watches.find(({ node }) => node === pod.spec?.nodeName)?.watchContainer(containerId);
      }
    },
    leadsTo: (ip) =>
      watches.some(({ events }) => {
        const last = events.findLast((each) => (each.kind === "led" || each.kind === "gone") && each.address === ip);
        return last?.kind === "led";
      }),
    end: () => Promise.all(watches.map((each) => each.end())),
  };
}

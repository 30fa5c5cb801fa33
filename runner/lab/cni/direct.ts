import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeNetwork } from "../network.ts";
import type { Configuration } from "../node/configuration.ts";
import type { LabCni } from "./cni.ts";

const DEBIANS_PLUGINS = "/usr/lib/cni";

/** Pods by direct routes; kube-proxy leads Services. */
export const direct: LabCni = {
  name: "direct",
  leadsServices: null,
  routedByNodes: true,
  hasIpv6: true,
  hostSysctls: {},
  slowestMs: 60_000,
  meetRequirements: async () => {},
  prepare: async () => ({
    about: "direct routes between nodes",
    writeNodeFiles: async ({ node }, conf) => {
      const text = JSON.stringify(cniConfiguration(node), undefined, 2);
      await writeFile(join(conf, "10-packetwalk.conflist"), `${text}\n`);
      return DEBIANS_PLUGINS;
    },
    startOnce: async () => [],
    startOnNode: async () => [],
    // Its plugins are ready with the node, and CoreDNS, which every start asks by its Service, runs in a pod.
    check: async () => {},
  }),
};

/** A point-to-point link for each pod, addresses from the node's own range. */
export function cniConfiguration(node: NodeNetwork): Configuration {
  return {
    cniVersion: "0.4.0",
    name: "packetwalk",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          ranges: node.addresses.map(({ podCidr }) => [{ subnet: podCidr }]),
          routes: node.addresses.map(({ ranges }) => ({ dst: ranges.anywhere })),
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

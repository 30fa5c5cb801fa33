import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { reasonOf } from "../../../errors.ts";
import { LabError } from "../../types.ts";

/** Options of agent and operator, as the ConfigMap cilium-config has them. */
export type CiliumOptions = Readonly<Record<string, string>>;

/** As its chart sets them by default, but for what the lab has no use for (Envoy, Hubble, health probes, IPv6). */
export const DEFAULTS: CiliumOptions = {
  "kube-proxy-replacement": "true",
  // Node objects have their pod ranges before Cilium starts.
  ipam: "kubernetes",
  // By itself it takes no link of this kind that has no default route.
  devices: "eth0",
  "routing-mode": "tunnel",
  "tunnel-protocol": "vxlan",
  "enable-ipv4": "true",
  "enable-ipv6": "false",
  "enable-ipv4-masquerade": "true",
  // Else packets take the way through the node's own stack and its connection tracking.
  "enable-bpf-masquerade": "true",
  // The API server is on no node: it reaches webhooks and aggregated APIs through one.
  "bpf-lb-external-clusterip": "true",
  "bpf-map-dynamic-size-ratio": "0.0025",
  "identity-allocation-mode": "crd",
  "enable-l7-proxy": "false",
  "enable-hubble": "false",
  "enable-health-checking": "false",
  "enable-endpoint-health-checking": "false",
  "prometheus-serve-addr": ":9962",
  // They look for Cilium's own pods, and here it runs beside the kubelet.
  "set-cilium-is-up-condition": "false",
  "remove-cilium-node-taints": "false",
  "unmanaged-pod-watcher-interval": "0",
};

/** What says where things are on a node: the lab's own affair. */
const OF_THE_LAB = new Set([
  "bpf-root",
  "cgroup-root",
  "cni-exclusive",
  "config",
  "config-dir",
  "k8s-api-server",
  "k8s-api-server-urls",
  "k8s-kubeconfig-path",
  "k8s-namespace",
  "lib-dir",
  "procfs",
  "socket-path",
  "state-dir",
  "write-cni-conf-when-ready",
]);

/** Without these there is no kube-proxy and no Cilium in its place, or pods get addresses that nodes don't know. */
const FIXED: CiliumOptions = { "kube-proxy-replacement": "true", ipam: "kubernetes", "enable-ipv4": "true" };

const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const mapping = z.record(z.string(), value);

/**
 * The options of a lab: its own, and over them the user's file, a mapping or a whole ConfigMap.
 * @throws LabError that names the file and the option
 */
export async function readCiliumOptions(file: string | undefined): Promise<CiliumOptions> {
  if (file === undefined) return DEFAULTS;
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new LabError(`the Cilium configuration can't be read: ${error.message}`);
  });
  return { ...DEFAULTS, ...parseCiliumOptions(text, file) };
}

/** Pure: what the user's file sets. @throws LabError */
export function parseCiliumOptions(text: string, file: string): CiliumOptions {
  let read: unknown;
  try {
    read = parse(text);
  } catch (error) {
    throw new LabError(`${file} is no YAML: ${reasonOf(error)}`);
  }
  if (read === null || read === undefined) return {};
  const asMap = z.looseObject({ kind: z.literal("ConfigMap"), data: z.unknown().optional() }).safeParse(read);
  const options = mapping.safeParse(asMap.success ? asMap.data.data : read);
  if (!options.success) {
    const path = options.error.issues[0]?.path.join(".");
    throw new LabError(
      path
        ? `${file}: ${path} has no plain value: give each option a text, a number, or true or false`
        : `${file} holds no mapping: give Cilium's options as "name: value", as its ConfigMap cilium-config has them`,
    );
  }
  for (const [name, wanted] of Object.entries(options.data)) {
    if (OF_THE_LAB.has(name)) throw new LabError(`${file}: ${name} is set by the lab itself: leave it out`);
    const fixed = FIXED[name];
    if (fixed !== undefined && wanted !== fixed)
      throw new LabError(`${file}: ${name} is "${fixed}" in a lab, which has neither kube-proxy nor another IPAM`);
  }
  return options.data;
}

/**
 * Pure: the first option that neither program knows, by the help texts of both; they would pass over it in silence.
 */
export function unknownOption(options: CiliumOptions, helps: readonly string[]): string | undefined {
  const known = new Set(helps.flatMap((help) => [...help.matchAll(/--([a-z0-9][a-z0-9-]*)/g)].map(([, name]) => name)));
  return Object.keys(options).find((name) => !known.has(name));
}

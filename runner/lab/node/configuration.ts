import { parse } from "yaml";
import { topGroup } from "../machine/cgroups.ts";
import type { NodeNetwork } from "../network.ts";
import { LabError, type ProxyMode } from "../types.ts";

/** A JSON object as these configuration files are. */
export type Configuration = { [key: string]: Json };
type Json = string | number | boolean | null | Json[] | Configuration;

/** Host-wide sysctls that the kubelet wants, by their paths below /proc/sys (pkg/kubelet/cm, setupKernelTunables). */
export const kubeletSysctls: Record<string, string> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** The node's top group; its pods' groups are below it, beside the group of its own daemons. */
export function nodeGroup(node: string): string {
  return node;
}

export function daemonsGroup(node: string): string {
  return `${node}/daemons`;
}

export function kubeletConfiguration(lab: string, node: NodeNetwork, pki: string, resolvConf: string): Configuration {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node.addresses[0].address,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${pki}/ca.crt` },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: `${pki}/kubelet-${node.name}-server.crt`,
    tlsPrivateKeyFile: `${pki}/kubelet-${node.name}-server.key`,
    cgroupDriver: "cgroupfs",
    // Kubelets that share a root group delete each other's pods as orphans.
    cgroupRoot: `/${topGroup(lab)}/${nodeGroup(node.name)}`,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    clusterDomain: "cluster.local",
    clusterDNS: [node.addresses[0].ranges.dnsService],
    resolvConf,
    failSwapOn: false,
    // From 1.35 on the kubelet refuses cgroup v1 unless told so.
    failCgroupV1: false,
    // Proxies log every request of a load: what the kubelet rotates away (at 10 MiB by default) can't be read any more.
    containerLogMaxSize: "64Mi",
    // The nodes share the machine's disk and memory with everything else on it. A disk that is 90 % full is not a reason
    // to evict, and images can't be pulled again once collected.
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      "memory.available": "50Mi",
      "nodefs.available": "64Mi",
      "nodefs.inodesFree": "1%",
      "imagefs.available": "64Mi",
    },
  };
}

export function proxyConfiguration(node: NodeNetwork, mode: ProxyMode, kubeconfig: string): Configuration {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig },
    mode,
    hostnameOverride: node.name,
    clusterCIDR: node.addresses.map(({ ranges }) => ranges.pods).join(","),
    // The table's size is one value for the whole kernel and read-only here: leave it alone.
    conntrack: { maxPerCore: 0, min: 0 },
  };
}

/** Pure: `over` wins; objects are merged, everything else (lists too) is replaced. */
export function merge(base: Configuration, over: Configuration): Configuration {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}

/**
 * The user's KubeletConfiguration fragment.
 * @throws LabError if it is no such thing.
 */
export function parseKubeletFragment(text: string, file: string): Configuration {
  let fragment: unknown;
  try {
    fragment = parse(text);
  } catch (error) {
    throw new LabError(`${file} is not YAML: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  }
  if (fragment === null || fragment === undefined) return {};
  if (!isObject(fragment)) throw new LabError(`${file} is not a KubeletConfiguration: it holds no mapping`);
  const kind = fragment.kind;
  if (kind !== undefined && kind !== "KubeletConfiguration")
    throw new LabError(`${file} is a ${String(kind)}, not a KubeletConfiguration`);
  return fragment;
}

function isObject(value: unknown): value is Configuration {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

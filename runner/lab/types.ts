import { EnvironmentError } from "../errors.ts";
import type { CniName } from "./cni/names.ts";

export type ProxyMode = "iptables" | "nftables";

/** Which families of addresses nodes, pods and Services have; of two, the first is what a Service gets that asks for none. */
export type IpFamily = "ipv4" | "dual" | "ipv6-first";

export interface LabOptions {
  /** Lower-case letters, digits and dashes; labs of different names live side by side. */
  name: string;
  nodes: number;
  /** Kube-proxy's, where the CNI leaves Services to it. */
  proxyMode: ProxyMode;
  /** ipv4 if not given. */
  ipFamily?: IpFamily;
  /** How pods are connected; "direct" if not given. */
  cni?: CniName;
  /** Options of Cilium (YAML), over the lab's own. */
  ciliumConfigFile?: string;
  /** A folder of official Kubernetes binaries to use instead of building our own. */
  kubeBinariesDir?: string;
  /** A KubeletConfiguration (YAML or JSON), merged over the lab's own. */
  kubeletConfigFile?: string;
  /** Loopback port of the API server; a free one if not given. */
  apiPort?: number;
}

/** Of a lab that an earlier packetwalk started nothing is known: it had no other. */
export function ipFamilyOf({ ipFamily = "ipv4" }: Pick<LabOptions, "ipFamily">): IpFamily {
  return ipFamily;
}

/** What a user of a running lab needs to know about it. */
export interface Lab {
  name: string;
  kubeconfigPath: string;
  nodes: string[];
  cni: CniName;
  /** What the CNI is like, in a few words. */
  network: string;
  /** Who leads Services to pods. */
  proxyMode: ProxyMode | "cilium";
  ipFamily: IpFamily;
  /** References of the images that every node has; none can be pulled. */
  images: { busybox: string; web: string };
}

export type LabStatus =
  | { state: "absent"; name: string }
  /** Something of it is there, but not all that it needs: `missing` says what, one entry each. */
  | { state: "broken"; name: string; missing: string[] }
  | { state: "up"; name: string; lab: Lab; apiServer: string; kubernetes: string; startedAt: string };

/** The lab can't be had, or this machine can't hold it; the message is one sentence for the user. */
export class LabError extends EnvironmentError {
  override name = "LabError";
}

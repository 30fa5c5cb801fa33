import type { Progress } from "../../progress.ts";
import type { Api } from "../api.ts";
import type { Launched } from "../machine/launch.ts";
import type { NodeNetwork } from "../network.ts";
import type { LabFiles } from "../paths.ts";
import type { CniName } from "./names.ts";

/** One way to connect a lab's pods; a file (or a folder) each beside this one, and a line in the registry. */
export interface LabCni {
  readonly name: CniName;
  /** Who leads Services to pods, as `proxyModeOf` names it. Null: kube-proxy, in the mode that was asked for. */
  readonly leadsServices: "cilium" | null;
  /** Whether nodes get direct routes to each other's pods; else it makes them itself. */
  readonly routedByNodes: boolean;
  /** Whether pods get addresses of IPv6 as well, where the lab has both families. */
  readonly hasIpv6: boolean;
  /** Host-wide sysctls that it sets, by their paths below /proc/sys: each node writes copies of its own. */
  readonly hostSysctls: Readonly<Record<string, string>>;
  /** How long nodes and CoreDNS may take with it to get ready. */
  readonly slowestMs: number;
  /** Installs what it needs of this machine, or says what is missing. */
  meetRequirements(update: (detail: string) => void): Promise<void>;
  /** Reads what the user configures of it, and builds or finds its programs. */
  prepare(configFile: string | undefined, progress: Progress, signal?: AbortSignal): Promise<PreparedCni>;
}

/** Where a lab that starts is. */
export interface Ground {
  readonly lab: string;
  readonly files: LabFiles;
  readonly nodes: readonly NodeNetwork[];
  /** Path of the lab's own kubectl. */
  readonly kubectl: string;
}

export interface OnNode extends Pick<Ground, "lab" | "files"> {
  readonly node: NodeNetwork;
}

/** A CNI whose programs are there. */
export interface PreparedCni {
  /** What `lab status` says of it beside its name. */
  readonly about: string;
  /** Before the node's containerd starts: its configuration goes into `conf`. Gives the folder of its plugins. */
  writeNodeFiles(on: OnNode, conf: string): Promise<string>;
  /** What runs once for the cluster, once the API server is ready. */
  startOnce(ground: Ground, api: Api): Promise<Launched[]>;
  /** What runs on each node, in its namespaces, once `startOnce` is done and the kubelet is started. */
  startOnNode(on: OnNode, containerd: Launched, api: Api): Promise<Launched[]>;
  /** Once all is ready: whether pods are connected. @throws LabError, one sentence about what is not so */
  check(ground: Ground, api: Api, images: { readonly busybox: string }): Promise<void>;
}

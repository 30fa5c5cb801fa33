/** What a cluster's own configuration says of the path between pods of different nodes. What is measured may differ. */
import { CustomObjectsApi, type V1Node } from "@kubernetes/client-node";
import { z } from "zod";
import type { DeclaredPath } from "../result/declared-path.ts";
import { type Cluster, isNotFound } from "./cluster.ts";

export interface DeclaredPaths {
  readonly declared: readonly DeclaredPath[];
  /** What may not be read, or could not be: whether it is there is not known. */
  readonly unread: readonly string[];
}

const FLANNEL = "flannel.alpha.coreos.com/backend-type";
const FLANNEL_CONFIGS = [
  { namespace: "kube-flannel", name: "kube-flannel-cfg" },
  { namespace: "kube-system", name: "kube-flannel-cfg" },
  { namespace: "kube-system", name: "canal-config" },
] as const;

/** Who may have something to say; nodes are annotated by Flannel alone, and are always looked at. */
export interface PathSources {
  /** Namespace of its ConfigMap; null: it is not there. */
  readonly cilium: string | null;
  readonly calico: boolean;
  /** Namespaces and names of ConfigMaps that may be Flannel's. */
  readonly flannel: ReadonlyArray<{ readonly namespace: string; readonly name: string }>;
}

const ANY_SOURCE: PathSources = { cilium: "kube-system", calico: true, flannel: FLANNEL_CONFIGS };

/** Pure: as the DaemonSets tell who is there. One request for each, where ANY_SOURCE takes five. */
export function sourcesOf(
  daemonSets: ReadonlyArray<{ readonly namespace: string; readonly name: string }>,
): PathSources {
  const has = (sign: RegExp) => daemonSets.some(({ name }) => sign.test(name));
  return {
    cilium: daemonSets.find(({ name }) => name === "cilium")?.namespace ?? null,
    calico: has(/^(calico-node|canal|rke2-canal)$/),
    flannel: daemonSets.flatMap(({ namespace, name }) => {
      if (/^(canal|rke2-canal)$/.test(name)) return [{ namespace, name: "canal-config" }];
      return /^kube-flannel(-ds.*)?$/.test(name) ? [{ namespace, name: "kube-flannel-cfg" }] : [];
    }),
  };
}

/**
 * What is not there is left out; what can't be read is told.
 * @param counted is told of each request
 */
export async function readDeclaredPaths(
  cluster: Cluster,
  nodes: readonly V1Node[],
  sources: PathSources = ANY_SOURCE,
  counted: () => void = () => {},
): Promise<DeclaredPaths> {
  const unread: string[] = [];
  const looked = async <T>(what: string, reading: () => Promise<T>): Promise<T | undefined> => {
    try {
      counted();
      return await reading();
    } catch (error) {
      if (!isNotFound(error)) unread.push(what);
      return undefined;
    }
  };
  const configMap = ({ namespace, name }: { namespace: string; name: string }) =>
    looked(`ConfigMap ${namespace}/${name}`, () =>
      cluster.core.readNamespacedConfigMap({ namespace, name }).then(({ data = {} }) => data),
    );
  const api = cluster.kubeconfig.makeApiClient(CustomObjectsApi);
  const [cilium, pools, flannel] = await Promise.all([
    sources.cilium === null ? undefined : configMap({ namespace: sources.cilium, name: "cilium-config" }),
    sources.calico
      ? looked("Calico's IPPools", () =>
          api
            .listClusterCustomObject({ group: "crd.projectcalico.org", version: "v1", plural: "ippools" })
            .then(IpPools.parse),
        )
      : undefined,
    Promise.all(sources.flannel.map(configMap)),
  ]);
  return {
    declared: [
      ...flannelPaths(
        nodes.map(({ metadata }) => metadata?.annotations?.[FLANNEL]),
        flannel.flatMap((data) => data?.["net-conf.json"] ?? []),
      ),
      ...(cilium === undefined ? [] : [ciliumPath(cilium)]),
      ...(pools?.items ?? []).map(calicoPath),
    ],
    unread,
  };
}

const NetConf = z.object({
  Backend: z.object({
    Type: z.string().default("udp"),
    DirectRouting: z.boolean().default(false),
    MTU: z.number().nullish(),
  }),
});

/**
 * Pure: the nodes' annotations say what is in force, the ConfigMap what was asked for.
 * @param annotations of each node; undefined where it has none
 */
export function flannelPaths(
  annotations: readonly (string | undefined)[],
  netConfs: readonly string[],
): readonly DeclaredPath[] {
  const inForce = [...new Set(annotations.flatMap((each) => each ?? []))].map(
    (type): DeclaredPath => ({ by: "Flannel (node annotations)", backend: flannelBackend(type, false), mtu: null }),
  );
  const asked = netConfs.flatMap((text): DeclaredPath[] => {
    const conf = NetConf.safeParse(parsedJson(text));
    if (!conf.success) return [];
    const { Type, DirectRouting, MTU } = conf.data.Backend;
    return [{ by: "Flannel (net-conf.json)", backend: flannelBackend(Type, DirectRouting), mtu: MTU ?? null }];
  });
  return [...inForce, ...asked];
}

function flannelBackend(type: string, directRouting: boolean): string {
  if (type === "host-gw") return "host-gw, direct routes";
  return directRouting ? `${type}, and direct routes between nodes of one subnet` : type;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Pure: as its ConfigMap has it. Until 1.14 one option, `tunnel`, said both whether and how. */
export function ciliumPath(config: Readonly<Record<string, string>>): DeclaredPath {
  const { tunnel, mtu } = config;
  const old = tunnel === undefined || tunnel === "" ? undefined : tunnel;
  const mode = config["routing-mode"] ?? (old === "disabled" ? "native" : "tunnel");
  const backend =
    mode === "native" ? "native routing" : `${config["tunnel-protocol"] ?? (old === undefined ? "vxlan" : old)} tunnel`;
  const bytes = Number(mtu);
  // 0 has it find the MTU out by itself.
  return { by: "Cilium (cilium-config)", backend, mtu: mtu !== undefined && bytes > 0 ? bytes : null };
}

const Mode = z.enum(["Always", "CrossSubnet", "Never"]).default("Never");
const IpPool = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ cidr: z.string(), ipipMode: Mode, vxlanMode: Mode }),
});
const IpPools = z.object({ items: z.array(IpPool) });

/** Pure: one of its address pools. */
export function calicoPath({ metadata, spec }: z.infer<typeof IpPool>): DeclaredPath {
  const words = [...tunnelWords("vxlan", spec.vxlanMode), ...tunnelWords("ipip", spec.ipipMode)];
  return {
    by: `Calico (IPPool ${metadata.name}, ${spec.cidr})`,
    backend: words.length === 0 ? "no encapsulation: routes by BGP, or by the network itself" : words.join(", "),
    mtu: null,
  };
}

function tunnelWords(kind: string, mode: z.infer<typeof Mode>): string[] {
  if (mode === "Never") return [];
  return [mode === "CrossSubnet" ? `${kind} between subnets, direct routes within one` : kind];
}

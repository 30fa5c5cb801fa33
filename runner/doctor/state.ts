/** All that doctor read of a cluster, in doctor's own words: checks know no Kubernetes client, and tests can write a state by hand. */
import type { DeclaredPath } from "../result/declared-path.ts";
import type { ServerBlock } from "./corefile.ts";
import type { DnsMetrics, EtcdMetrics, Inside } from "./inside/state.ts";
import type { Seen } from "./seen.ts";

export interface Parts {
  readonly server: ServerFacts;
  readonly nodes: readonly NodeFacts[];
  readonly proxy: ProxyFacts;
  readonly network: NetworkFacts;
  readonly corefile: CorefileFacts;
  readonly services: readonly ServiceFacts[];
  readonly endpoints: readonly EndpointFacts[];
  readonly workloads: readonly WorkloadFacts[];
  readonly pods: readonly PodFacts[];
  readonly budgets: readonly BudgetFacts[];
  readonly ingresses: readonly IngressFacts[];
  readonly ingressClasses: readonly IngressClassFacts[];
  readonly gateways: readonly GatewayFacts[];
  readonly routes: readonly RouteFacts[];
  readonly inside: Inside;
  readonly dnsMetrics: DnsMetrics;
  readonly etcd: EtcdMetrics;
}

export type PartName = keyof Parts;

/** Parts that are read only where doctor was told to look into nodes and pods. */
export const DEEP_PARTS = ["inside", "dnsMetrics", "etcd"] as const satisfies readonly PartName[];
export type DeepPart = (typeof DEEP_PARTS)[number];
/** Parts that the API's own objects tell. */
export type ApiPart = Exclude<PartName, DeepPart>;

/** Nobody asked for it: that is no failure to see. */
export interface Unasked {
  readonly unasked: true;
}

export type ApiState = { readonly [P in ApiPart]: Seen<Parts[P]> };
export type DeepState = { readonly [P in DeepPart]: Seen<Parts[P]> | Unasked };
export type ClusterState = ApiState & DeepState;

export const NOT_ON_NODES: DeepState = {
  inside: { unasked: true },
  dnsMetrics: { unasked: true },
  etcd: { unasked: true },
};

/** As a person calls them, and by what they are read. */
export const PART_WORDS: Readonly<Record<PartName, string>> = {
  server: "the API server's version",
  nodes: "nodes",
  proxy: "kube-proxy's settings",
  network: "the CNI's settings",
  corefile: "the Corefile",
  services: "Services",
  endpoints: "EndpointSlices",
  workloads: "Deployments, StatefulSets and DaemonSets",
  pods: "pods",
  budgets: "PodDisruptionBudgets",
  ingresses: "Ingresses",
  ingressClasses: "IngressClasses",
  gateways: "Gateways",
  routes: "HTTPRoutes",
  inside: "the inside of nodes",
  dnsMetrics: "CoreDNS's metrics",
  etcd: "etcd's metrics",
};

export interface ServerFacts {
  /** As it says it, e.g. "v1.33.5-eks-113cf36". */
  readonly version: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Pods that its kubelet takes. */
  readonly mostPods: number | null;
  /** As its podCIDRs say; null where the CNI hands addresses out by itself. */
  readonly podAddresses: number | null;
  readonly kubelet: string;
  readonly kernel: string;
  readonly runtime: string;
  readonly operatingSystem: string;
  readonly zone: string | null;
  readonly region: string | null;
  readonly unschedulable: boolean;
  /** Not a machine: a virtual kubelet or the like. */
  readonly virtual: boolean;
  readonly conditions: ReadonlyArray<{ readonly type: string; readonly status: string; readonly says: string }>;
}

/** How Services are led to pods. */
export type ProxyFacts =
  | {
      readonly kind: "kube-proxy";
      /** Where it stands, e.g. "ConfigMap kube-system/kube-proxy". */
      readonly readFrom: string;
      readonly mode: string;
      /** Null: kube-proxy's own default. 0: left as the node has it. */
      readonly conntrack: { readonly maxPerCore: number | null; readonly min: number | null };
      /** In seconds; null: kube-proxy's own default. 0: left as the node has it. */
      readonly establishedS: number | null;
      readonly closeWaitS: number | null;
    }
  /** Something else does it, e.g. Cilium's eBPF. */
  | { readonly kind: "replaced"; readonly by: string; readonly readFrom: string };

/** How packets get from one node's pods to another's, as the CNI's own objects say. */
export interface NetworkFacts {
  /** Null: none that is known by the name of a DaemonSet. */
  readonly cni: string | null;
  readonly paths: readonly DeclaredPath[];
  /** What may not be read, of what would have told. */
  readonly unread: readonly string[];
}

export interface CorefileFacts {
  readonly readFrom: string;
  readonly blocks: readonly ServerBlock[];
}

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export type Labels = Readonly<Record<string, string>>;

export interface ServiceFacts extends Named {
  readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  readonly headless: boolean;
  /** Empty: its endpoints are somebody else's to write. */
  readonly selector: Labels;
  readonly ports: ReadonlyArray<{
    readonly name: string | null;
    readonly port: number;
    /** A number, or the name of a container's port. */
    readonly target: number | string;
    readonly protocol: string;
  }>;
  /** externalTrafficPolicy. */
  readonly localOnly: boolean;
  /** internalTrafficPolicy. */
  readonly internalLocal: boolean;
  readonly publishesUnready: boolean;
}

/** All EndpointSlices of one Service together. */
export interface EndpointFacts extends Named {
  readonly ready: number;
  readonly notReady: number;
  /** On which nodes the ready ones are. */
  readonly nodes: readonly string[];
}

export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet";

export interface WorkloadFacts extends Named {
  readonly kind: WorkloadKind;
  /** Asked for; of a DaemonSet, the nodes that it is for. */
  readonly replicas: number;
  readonly ready: number;
  readonly labels: Labels;
  readonly rollout: Rollout;
  /** For which a new pod has to be ready before the next one goes. */
  readonly minReadyS: number;
  readonly pod: PodTemplateFacts;
}

/** How pods are replaced; numbers as they come to at the present replicas. */
export type Rollout =
  | { readonly kind: "recreate" }
  | { readonly kind: "rolling"; readonly maxUnavailable: number; readonly maxSurge: number }
  /** Only those that somebody deletes. */
  | { readonly kind: "on-delete" };

export interface PodTemplateFacts extends PodDnsFacts {
  readonly labels: Labels;
  readonly graceS: number;
  readonly hostNetwork: boolean;
  readonly sysctls: readonly string[];
  readonly containers: readonly ContainerFacts[];
}

export interface PodDnsFacts {
  readonly dnsPolicy: string;
  /** Null: not set, so the cluster's 5. */
  readonly ndots: number | null;
  /** Of dnsConfig: they come after what dnsPolicy gives. */
  readonly searches: readonly string[];
  readonly nameservers: readonly string[];
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  /** Its command and arguments. */
  readonly args: readonly string[];
  readonly ports: ReadonlyArray<{ readonly name: string | null; readonly port: number }>;
  readonly preStop: PreStop;
  readonly readiness: { readonly periodS: number; readonly failures: number } | null;
  readonly cpuLimit: number | null;
  readonly memoryLimitBytes: number | null;
}

export type PreStop =
  | { readonly kind: "none" }
  /** By the kubelet. */
  | { readonly kind: "sleep"; readonly seconds: number }
  /** `sleepS`: where the command is a plain sleep. */
  | { readonly kind: "exec"; readonly command: string; readonly sleepS: number | null }
  | { readonly kind: "http" };

export interface PodFacts extends Named {
  /** Null while it has none. */
  readonly node: string | null;
  readonly labels: Labels;
  readonly hostNetwork: boolean;
  /** Ended ones hold no address. */
  readonly ended: boolean;
  readonly ready: boolean;
  readonly waiting: string | null;
  readonly images: readonly string[];
  /** Names of those that it asks for. */
  readonly sysctls: readonly string[];
}

export interface BudgetFacts extends Named {
  readonly selector: Labels | null;
  readonly disruptionsAllowed: number;
  readonly expectedPods: number;
  readonly healthyPods: number;
  readonly wantedHealthy: number;
}

export interface IngressFacts extends Named {
  /** Null: it names none. */
  readonly className: string | null;
  /** In the old way, which needs no IngressClass. */
  readonly byAnnotation: boolean;
  /** What its annotations say of ingress-nginx's retries; null: nothing, so as the controller has it. */
  readonly nextUpstream: string | null;
  readonly nextUpstreamTries: number | null;
  readonly backends: readonly BackendFacts[];
}

/** A Service to which requests are led. */
export interface BackendFacts extends Named {
  /** A number, or the name of a port of the Service; null: none is said. */
  readonly port: number | string | null;
}

export interface IngressClassFacts {
  readonly name: string;
  readonly controller: string;
  readonly isDefault: boolean;
}

/** What a controller says of its object; null: none has said anything. */
export interface ConditionFacts {
  readonly isTrue: boolean;
  readonly says: string;
}

/** Of the Gateway API. */
export interface GatewayFacts extends Named {
  readonly className: string;
  readonly accepted: ConditionFacts | null;
  readonly programmed: ConditionFacts | null;
}

export interface RouteFacts extends Named {
  readonly parents: readonly RouteParent[];
  /** Of each rule, how often its proxy asks again (GEP-1731); null: it does not say. */
  readonly retries: ReadonlyArray<number | null>;
  readonly backends: readonly BackendFacts[];
}

/** A Gateway that a route names. */
export interface RouteParent extends Named {
  readonly accepted: ConditionFacts | null;
}

/** Image references of what packetwalk deploys. The lab builds its own; elsewhere these are options. */
export interface Images {
  readonly agent: string;
  readonly web: string;
  /** NGINX, for paths. */
  readonly nginx: string;
}

/** What load workers and some paths run from; the lab builds each when it is first needed. */
export type OnDemandImage =
  | "agent"
  | "coredns"
  | "dnsperf"
  | "envoy"
  | "k6"
  | "node-worker"
  | "resolver"
  | "web-distroless"
  | "web-sigquit";

/** Short names: each cluster's runtime resolves them against its own default registry. */
export const DEFAULT_IMAGES = {
  agent: "packetwalk/agent:0.1.0",
  web: "nginx:1.28",
  nginx: "nginx:1.28",
  coredns: "coredns/coredns:1.12.4",
  k6: "packetwalk/k6:0.1.0",
  "node-worker": "packetwalk/node-worker:0.1.0",
  dnsperf: "packetwalk/dnsperf:0.1.0",
  resolver: "packetwalk/resolver:0.1.0",
  envoy: "envoyproxy/envoy:v1.40.0",
  "web-distroless": "nginx:1.28",
  "web-sigquit": "nginx:1.28",
} as const satisfies Readonly<Record<OnDemandImage | "web" | "nginx", string>>;

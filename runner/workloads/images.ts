/** Images of what is deployed in any case. The lab builds its own; elsewhere these are options. */
export interface Images {
  readonly web: string;
  /** NGINX, for paths. */
  readonly nginx: string;
}

/** What our programs and some paths run from; the lab builds each when it is first needed. */
export type OnDemandImage =
  | "busybox"
  | "coredns"
  | "debian"
  | "dnsperf"
  | "envoy"
  | "node"
  | "web-distroless"
  | "web-sigquit";

/**
 * Public images, of fixed versions; no name that anybody but their publishers could register. Short names: each cluster's
 * runtime resolves them against its own default registry. Nobody publishes one of dnsperf.
 */
export const DEFAULT_IMAGES = {
  busybox: "busybox:1.37.0",
  web: "nginx:1.28.0",
  nginx: "nginx:1.28.0",
  coredns: "coredns/coredns:1.12.4",
  node: "node:22.20.0-slim",
  debian: "debian:13.1-slim",
  envoy: "envoyproxy/envoy:v1.35.3",
  "web-distroless": "nginx:1.28.0",
  "web-sigquit": "nginx:1.28.0",
} as const satisfies Readonly<Record<Exclude<OnDemandImage, "dnsperf"> | "web" | "nginx", string>>;

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

/** Where the public images below are, with their publishers' names. */
const HUB = "docker.io";

/**
 * Public images, of fixed versions; no name that anybody but their publishers could register. In full: a runtime with a list of
 * registries to search (CRI-O) could find a short name in another one. By tag, since nobody can look a digest up without a registry:
 * whoever wants one names it (IMAGE@sha256:…). Nobody publishes one of dnsperf.
 */
export const DEFAULT_IMAGES = {
  busybox: `${HUB}/library/busybox:1.37.0`,
  web: `${HUB}/library/nginx:1.28.0`,
  nginx: `${HUB}/library/nginx:1.28.0`,
  coredns: `${HUB}/coredns/coredns:1.12.4`,
  node: `${HUB}/library/node:22.20.0-slim`,
  debian: `${HUB}/library/debian:13.1-slim`,
  envoy: `${HUB}/envoyproxy/envoy:v1.35.3`,
  "web-distroless": `${HUB}/library/nginx:1.28.0`,
  "web-sigquit": `${HUB}/library/nginx:1.28.0`,
} as const satisfies Readonly<Record<Exclude<OnDemandImage, "dnsperf"> | "web" | "nginx", string>>;

/** Pure: the same in a mirror, where names are as people write them: "busybox", "coredns/coredns". */
export function inRegistry(registry: string, image: string): string {
  return `${registry.replace(/\/+$/, "")}/${image.replace(/^docker\.io\/(library\/)?/, "")}`;
}

import { envoySidecar } from "./envoy-sidecar.ts";
import { nginx, nginxEndpoints, nginxKeepalive } from "./nginx.ts";
import type { PathMaker } from "./path.ts";

/** Paths that packetwalk brings itself, by name; those of the cluster's own ingress and gateway classes are found there. */
export const PATHS: Readonly<Record<string, PathMaker>> = {
  nginx,
  "nginx-keepalive": nginxKeepalive,
  "nginx-endpoints": nginxEndpoints,
  "envoy-sidecar": envoySidecar,
};

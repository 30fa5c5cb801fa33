import { INGRESS_NGINX_RHYTHM_MS } from "../../../../runner/analysis/capacity/rollouts.ts";
import { parseEnvoyLog } from "./envoy-log.ts";
import { parseIngressNginxLog } from "./ingress-nginx-log.ts";
import type { ParsedLog } from "./parsed-log.ts";
import type { Path } from "./path.ts";
import type { ParsedSyncs } from "./syncs.ts";
import { parseTraefikLog } from "./traefik-log.ts";
import { parseTraefikSyncs, saysTraefikSyncs } from "./traefik-syncs.ts";

/** An Ingress or Gateway of ours. */
export interface OurEntry {
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
}

/** What is known of a product that serves ingress or gateway classes. */
export interface Controller {
  readonly product: string;
  /** Label selector of its proxies' pods and of the Service before them. */
  selector(entry: OurEntry): string;
  /** The proxies' container; the pod's first if none is called so. */
  readonly container: string;
  /** Reads what it logs with its default settings, but for requests that it took for a run in another namespace. */
  parse(lines: readonly string[], of: OurEntry): ParsedLog;
  /** Whether its parser needs the kubelet's time stamps before the lines. */
  readonly stamped: boolean;
  /** Reads when it took which endpoints for a host, from lines behind time stamps; and whether its log has that. */
  readonly syncs?: {
    said(lines: readonly string[]): boolean;
    parse(lines: readonly string[], host: string): ParsedSyncs;
  };
  /** By its defaults, how long after an EndpointSlice has changed it may still lead by the old one; null: not known. */
  readonly rhythmMs: number | null;
  /** How late it may write a line. */
  readonly delayMs: number;
  /** As its defaults are. */
  readonly retries: Path["retries"];
  /** Annotations of an Ingress that make it ask another upstream when one fails, and what it does then. */
  readonly nextUpstream?: { readonly annotations: Readonly<Record<string, string>>; readonly retries: Path["retries"] };
}

const traefik: Controller = {
  product: "Traefik",
  selector: () => "app.kubernetes.io/name=traefik",
  container: "traefik",
  parse: (lines, { host }) => parseTraefikLog(lines, host),
  syncs: { said: saysTraefikSyncs, parse: parseTraefikSyncs },
  stamped: false,
  rhythmMs: 2_000, // providersThrottleDuration
  delayMs: 0,
  // Its retry middleware needs its own resource definitions; Go's HTTP client inside tries a kept connection that turns
  // out closed again by itself, unless it is a POST.
  retries: null,
};

const RETRY_ALL = "error timeout http_502 non_idempotent";

const ingressNginx: Controller = {
  product: "ingress-nginx",
  selector: () => "app.kubernetes.io/name=ingress-nginx,app.kubernetes.io/component=controller",
  container: "controller",
  parse: (lines, { namespace }) => parseIngressNginxLog(lines, namespace),
  stamped: true,
  rhythmMs: INGRESS_NGINX_RHYTHM_MS,
  delayMs: 0,
  retries: { tries: 3, on: "error timeout" },
  nextUpstream: {
    annotations: {
      "nginx.ingress.kubernetes.io/proxy-next-upstream": RETRY_ALL,
      "nginx.ingress.kubernetes.io/proxy-next-upstream-tries": "3",
    },
    retries: { tries: 3, on: RETRY_ALL },
  },
};

const envoyGateway: Controller = {
  product: "Envoy Gateway",
  // It makes proxies for each Gateway.
  selector: ({ name, namespace }) =>
    `gateway.envoyproxy.io/owning-gateway-name=${name},gateway.envoyproxy.io/owning-gateway-namespace=${namespace}`,
  container: "envoy",
  parse: parseEnvoyLog,
  stamped: false,
  rhythmMs: null,
  // Envoy's --file-flush-interval-msec.
  delayMs: 10_000,
  retries: null,
};

/** By the controller that a class names. */
export const CONTROLLERS: Readonly<Record<string, Controller>> = {
  "traefik.io/ingress-controller": traefik,
  "traefik.io/gateway-controller": traefik,
  "k8s.io/ingress-nginx": ingressNginx,
  "gateway.envoyproxy.io/gatewayclass-controller": envoyGateway,
};

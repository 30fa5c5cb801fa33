/** Ingress controllers and gateways that run as pods: which they are, and how they stop, as far as the API shows it. */
import { INGRESS_NGINX_RHYTHM_MS, ledForMs } from "../analysis/capacity/rollouts.ts";
import type { ContainerFacts, WorkloadFacts } from "./state.ts";

interface Kind {
  readonly name: string;
  readonly image: RegExp;
  /** For how long at most it leads to a pod that has stopped; null: nothing is known of its rhythm. */
  readonly ledForS: number | null;
  /** How long it needs from SIGTERM until the last request may have ended; null: its flags do not tell. */
  drain(args: readonly string[]): Drain | null;
}

export interface Drain {
  /** Goes on taking connections for so long after SIGTERM. */
  readonly acceptsS: number;
  /** Then waits so long for requests that are under way. */
  readonly finishesS: number;
  /** By which setting it would take connections for longer. */
  readonly setting: string;
}

/** Traefik gathers changes for so long (providers.providersThrottleDuration). */
const TRAEFIK_RHYTHM_MS = 2000;
/** ingress-nginx's worker-shutdown-timeout, where its ConfigMap does not say otherwise. */
const NGINX_WORKERS_S = 240;
/** Traefik's lifeCycle.graceTimeOut. */
const TRAEFIK_GRACE_S = 10;

const KINDS: readonly Kind[] = [
  {
    name: "ingress-nginx",
    image: /ingress-nginx\/controller|nginx-ingress-controller/,
    ledForS: ledForMs(INGRESS_NGINX_RHYTHM_MS, 0) / 1000,
    drain: (args) => ({
      acceptsS: secondsIn(args, /--shutdown-grace-period[= ](\S+)/) ?? 0,
      finishesS: NGINX_WORKERS_S,
      setting: "--shutdown-grace-period",
    }),
  },
  {
    name: "Traefik",
    image: /(^|\/)traefik(:|@|$)/,
    ledForS: ledForMs(TRAEFIK_RHYTHM_MS, 0) / 1000,
    drain: (args) => ({
      acceptsS: secondsIn(args, /\.lifecycle\.requestacceptgracetimeout[= ](\S+)/i) ?? 0,
      finishesS: secondsIn(args, /\.lifecycle\.gracetimeout[= ](\S+)/i) ?? TRAEFIK_GRACE_S,
      setting: "entryPoints.NAME.transport.lifeCycle.requestAcceptGraceTimeout",
    }),
  },
  unknownDrain("F5 NGINX Ingress Controller", /nginx-ingress(:|@|$)|nginx-plus-ingress/),
  unknownDrain("NGINX Gateway Fabric", /nginx-gateway-fabric/),
  unknownDrain("HAProxy ingress", /haproxy-ingress|kubernetes-ingress(:|@|$)/),
  unknownDrain("Kong", /(^|\/)kong(\/|:|@|$)/),
  unknownDrain("Contour", /\/contour(:|@|$)/),
  unknownDrain("Envoy Gateway", /envoyproxy\/gateway(:|@|$)/),
  unknownDrain("Envoy", /(^|\/)envoy(:|@|$)/),
  unknownDrain("Istio gateway", /istio\/proxyv2|istio\/pilot/),
  unknownDrain("AWS Load Balancer Controller", /aws-(load-balancer|alb-ingress)-controller/),
];

function unknownDrain(name: string, image: RegExp): Kind {
  return { name, image, ledForS: null, drain: () => null };
}

export interface Controller {
  readonly workload: WorkloadFacts;
  readonly container: ContainerFacts;
  readonly kind: Kind;
  /** The image's tag; without one its digest, or "no tag". */
  readonly version: string;
}

export function controllersOf(workloads: readonly WorkloadFacts[]): Controller[] {
  return workloads.flatMap((workload) => {
    if (workload.replicas === 0) return [];
    for (const container of workload.pod.containers) {
      const kind = KINDS.find(({ image }) => image.test(container.image));
      // A sidecar of a mesh is no gateway.
      if (kind && !/istio-proxy/.test(container.name)) {
        const version = versionOf(container.image, workload);
        return [{ workload, container, kind, version }];
      }
    }
    return [];
  });
}

function versionOf(image: string, { labels, pod }: WorkloadFacts): string {
  const tag = /:([^:/@]+)(?:@.*)?$/.exec(image.replace(/@sha256:.*$/, ""))?.[1];
  const label = pod.labels["app.kubernetes.io/version"] ?? labels["app.kubernetes.io/version"];
  return tag ?? label ?? "a version that neither tag nor label tells";
}

/** Go's durations and plain numbers of seconds; undefined: it is not among the arguments. */
function secondsIn(args: readonly string[], flag: RegExp): number | undefined {
  const written = flag.exec(args.join(" "))?.[1];
  if (written === undefined) return undefined;
  if (/^\d+$/.test(written)) return Number(written);
  const parts = [...written.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)];
  if (parts.length === 0) return undefined;
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? "s"] ?? 1), 0);
}

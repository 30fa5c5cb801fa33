import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { type ExecResult, execInPod } from "../../../../runner/cluster/exec.ts";
import type { Family } from "../../../../runner/workloads/family.ts";
import type { Places } from "../../../../runner/workloads/places.ts";
import { webFamily } from "../../../../runner/workloads/web.ts";
import { awaitAnswer } from "./answer.ts";
import { configMapOf, configurationFiles } from "./configuration.ts";
import { allowEndpointsSync, readSyncs } from "./endpoints-sync.ts";
import { parseNginxLog } from "./nginx-log.ts";
import { skippedLines } from "./parsed-log.ts";
import type { Path, PathImages, PathMaker } from "./path.ts";
import { objectName, pathDeployment, pathService } from "./path-objects.ts";
import { readProxyLog } from "./proxy-log.ts";
import { applyForPath, deployProxy, type ProxyPod } from "./proxy-pods.ts";
import { serviceAddress } from "./service-address.ts";

const FOLDER = "paths/nginx";
const CONTAINER = "nginx";
/** The server of nginx.conf that answers 503, to which endpoints-sync leads while there is no endpoint. */
const NO_ENDPOINT = "127.0.0.1:8503";
/** How often one request is tried where it is tried again: ingress-nginx's default, and in location-retry*.conf. */
const TRIES = 3;
const RETRY_ALL = "error timeout http_502 non_idempotent";
/** kube-proxy's --iptables-min-sync-period and --nftables-min-sync-period. */
const SERVICE_RHYTHM_MS = 1_000;
/** As ingress-nginx: --sync-rate-limit 0.3/s. */
const RELOAD_RHYTHM_MS = 3_333;

/** What tells one NGINX path from another. */
interface Kind {
  readonly name: string;
  readonly what: string;
  readonly leadsBy: Path["leadsBy"];
  readonly keepsConnections: boolean;
  readonly retries: Path["retries"];
  readonly rhythmMs: number;
  readonly nextUpstream: boolean;
  /** Folder of its Deployment. */
  readonly deployment: string;
  /** Files of suites/rolling-update/manifests/paths/nginx beside nginx.conf. */
  readonly files: readonly string[];
}

/** NGINX as reverse proxy to the Service's cluster address, with a connection for each request. */
export const nginx: PathMaker = (cluster, images, { nextUpstream, places }, signal) => {
  const kind = serviceKind("nginx", "reverse proxy to the Service", false, nextUpstream);
  return throughService(cluster, images, kind, places, signal);
};

/** The same with idle connections kept. NGINX tries a kept one that turns out closed again by itself, unless it is a POST. */
export const nginxKeepalive: PathMaker = (cluster, images, { nextUpstream, places }, signal) => {
  const kind = serviceKind("nginx-keepalive", "reverse proxy to the Service, keep-alive", true, nextUpstream);
  return throughService(cluster, images, kind, places, signal);
};

/** NGINX that leads to the endpoints themselves and is reloaded when they change, as ingress controllers do. */
export const nginxEndpoints: PathMaker = async (cluster, images, { nextUpstream, places }, signal) => {
  const kind: Kind = {
    name: "nginx-endpoints",
    what: "reverse proxy to the endpoints, reloaded",
    leadsBy: "endpoints",
    keepsConnections: false,
    retries: { tries: TRIES, on: nextUpstream ? RETRY_ALL : "error timeout" },
    rhythmMs: RELOAD_RHYTHM_MS,
    nextUpstream,
    deployment: "paths/nginx-endpoints",
    files: ["upstream-endpoints.conf", "location-fresh.conf", retryFile(nextUpstream)],
  };
  await allowEndpointsSync(cluster, kind.name);
  const { path, pod } = await deploy(cluster, images, kind, {}, places, signal);
  return { ...path, syncs: (sinceUnixMs) => readSyncs(cluster, pod.name, sinceUnixMs) };
};

function serviceKind(name: string, what: string, keepsConnections: boolean, nextUpstream: boolean): Kind {
  const connections = keepsConnections
    ? ["upstream-keepalive.conf", "location-keepalive.conf"]
    : ["location-fresh.conf"];
  return {
    name,
    what,
    leadsBy: "service",
    keepsConnections,
    retries: nextUpstream ? { tries: TRIES, on: RETRY_ALL } : null,
    rhythmMs: SERVICE_RHYTHM_MS,
    nextUpstream,
    deployment: FOLDER,
    files: nextUpstream ? [...connections, retryFile(true)] : connections,
  };
}

/** What of this folder has an NGINX listen where its Service leads to. */
export function listenFile(family: Family): string {
  return `listen-${family}.conf`;
}

function retryFile(nextUpstream: boolean): string {
  return nextUpstream ? "location-retry-all.conf" : "location-retry.conf";
}

async function throughService(
  cluster: Cluster,
  images: PathImages,
  kind: Kind,
  places: Places,
  signal: AbortSignal | undefined,
): Promise<Path> {
  const service = await cluster.core.readNamespacedService({ name: "web", namespace: cluster.namespace });
  const address = serviceAddress(service);
  // With one server there is nothing to try next. Listed several times, each try is a new connection, for which kube-proxy
  // chooses anew. A server that failed stays in the round: there is no other.
  const servers = `server ${address} max_fails=0;\n`.repeat(kind.retries?.tries ?? 1);
  const { path } = await deploy(cluster, images, kind, { "upstream-a-servers.conf": servers }, places, signal);
  return path;
}

async function deploy(
  cluster: Cluster,
  images: PathImages,
  kind: Kind,
  made: Readonly<Record<string, string>>,
  places: Places,
  signal: AbortSignal | undefined,
): Promise<{ path: Path; pod: ProxyPod }> {
  const name = objectName(`path-${kind.name}`, kind);
  const files = ["nginx.conf", listenFile(await webFamily(cluster)), ...kind.files];
  const configuration = { ...configurationFiles(FOLDER, files), ...made };
  await applyForPath(cluster, kind.name, [configMapOf(name, configuration), pathService(FOLDER, name)]);
  const deployment = pathDeployment(kind.deployment, name, configuration, (container) =>
    container === CONTAINER ? images.nginx : images.delivery.image,
  );
  const podSpec = deployment.spec?.template.spec;
  if (kind.leadsBy === "endpoints" && podSpec) await images.delivery.equip(podSpec, ["agent"]);
  const pod = await deployProxy(cluster, kind.name, deployment, places, signal);
  const address = serviceAddress(await cluster.core.readNamespacedService({ name, namespace: cluster.namespace }));
  const entry = { name: kind.name, address, host: "web", urlPath: "/" };
  const path: Path = {
    ...entry,
    proxy: `nginx ${await versionOf(cluster, pod)}, ${kind.what}`,
    leadsBy: kind.leadsBy,
    keepsConnections: kind.keepsConnections,
    retries: kind.retries,
    rhythmMs: kind.rhythmMs,
    nodes: [pod.node],
    uids: [pod.uid],
    records: (sinceUnixMs) => recordsOf(cluster, pod, sinceUnixMs),
    readRetries: async () => ({ where: `nginx in pod ${pod.name}`, got: await retriesOf(cluster, pod) }),
    ready: (agents, signal) => awaitAnswer(agents, entry, signal),
  };
  return { path, pod };
}

async function recordsOf(cluster: Cluster, pod: ProxyPod, sinceUnixMs: number) {
  const from = { namespace: cluster.namespace, pod: pod.name, container: CONTAINER };
  const { lines, unseen } = await readProxyLog(cluster, from, sinceUnixMs);
  const { records, skipped } = parseNginxLog(lines, NO_ENDPOINT);
  return {
    records: records.filter((each) => each.endedAtUnixMs >= sinceUnixMs),
    unseen: [...unseen, ...skippedLines(from, skipped)],
  };
}

/** NGINX was started with these files: other ones are another pod's. */
async function retriesOf(cluster: Cluster, pod: ProxyPod): Promise<string> {
  const { stdout } = await nginxIn(cluster, pod, ["-T", "-c", "/etc/packetwalk/nginx.conf"]);
  return /^\s*proxy_next_upstream ([^;]*);/m.exec(stdout)?.[1] ?? "error timeout"; // NGINX's default
}

/** "nginx version: nginx/1.22.1" on stderr. */
async function versionOf(cluster: Cluster, pod: ProxyPod): Promise<string> {
  const { stderr } = await nginxIn(cluster, pod, ["-v"]);
  return /nginx\/(\S+)/.exec(stderr)?.[1] ?? "of unknown version";
}

function nginxIn(cluster: Cluster, pod: ProxyPod, args: string[]): Promise<ExecResult> {
  const at = { namespace: cluster.namespace, pod: pod.name, container: CONTAINER };
  return execInPod(cluster, at, ["nginx", "-e", "/dev/stderr", ...args], { timeoutMs: 30_000 });
}

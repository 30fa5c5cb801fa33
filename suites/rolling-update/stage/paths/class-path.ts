import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { apiReason, type Cluster } from "../../../../runner/cluster/cluster.ts";
import { waitFor } from "../../../../runner/cluster/wait.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { hostPort } from "../../../../runner/host-port.ts";
import type { ProxyRecord } from "../../analysis/proxy-record.ts";
import type { Unseen } from "../../result/reasons.ts";
import { awaitAnswer } from "./answer.ts";
import { CONTROLLERS, type Controller, type OurEntry } from "./class-controllers.ts";
import { skippedLines } from "./parsed-log.ts";
import type { Path } from "./path.ts";
import { type ProxyContainer, readProxyLog } from "./proxy-log.ts";
import { syncLog } from "./syncs.ts";

/** Load is sent to IP addresses: what a name of a load balancer means is its owner's, and changes. */
export interface StatusAddress {
  readonly ip: string | undefined;
  readonly host: string | undefined;
}

/** An applied Ingress or Gateway of ours, and who serves it. */
export interface ClassEntry {
  /** The path's name. */
  readonly name: string;
  readonly own: OurEntry;
  readonly controller: string;
  readonly api: "Ingress" | "Gateway API";
  readonly nextUpstream: boolean;
  /** What the controller gave the object so far. */
  readonly statusAddress: () => Promise<StatusAddress>;
}

/** A controller without a load balancer before it gives its objects no address. */
const ADDRESS_WAIT_MS = 5_000;

/** Nobody else's Ingress or Gateway has this host, nor has a run in another namespace; and each path has its own. */
export function ourEntry({ namespace }: Pick<Cluster, "namespace">, name: string): OurEntry {
  return { name, namespace, host: `${name}.${namespace}.test` };
}

/**
 * The path through an applied object of a class.
 * @throws EnvironmentError when the cluster gave it no address
 */
export async function pathOfClass(cluster: Cluster, entry: ClassEntry, signal?: AbortSignal): Promise<Path> {
  const { name, own } = entry;
  const known = CONTROLLERS[entry.controller];
  const [address, pods] = await Promise.all([
    addressOf(cluster, entry, known, signal),
    known ? podsOf(cluster, known.selector(own)) : [],
  ]);
  const target = { name, address, host: own.host, urlPath: "/" };
  return {
    ...target,
    proxy: `${known ? productOf(known, pods) : `controller ${entry.controller}`}, ${entry.api}`,
    // What none of these does by default is to go by the Service's address.
    leadsBy: "endpoints",
    keepsConnections: true,
    retries: (entry.nextUpstream ? known?.nextUpstream?.retries : undefined) ?? known?.retries ?? null,
    rhythmMs: known?.rhythmMs ?? null,
    nodes: [...new Set(pods.map((pod) => pod.spec?.nodeName ?? ""))],
    uids: pods.map((pod) => pod.metadata?.uid ?? ""),
    records: (sinceUnixMs) => recordsOf(cluster, entry, known, pods, sinceUnixMs),
    ...(known && (await syncsOf(cluster, known, pods, target.host))),
    ready: (agents, signal) => awaitAnswer(agents, target, signal),
  };
}

/** Only where the log has it; and of several proxies, each takes its endpoints at an instant of its own. */
async function syncsOf(
  cluster: Cluster,
  known: Controller,
  pods: readonly V1Pod[],
  host: string,
): Promise<Pick<Path, "syncs">> {
  const { syncs } = known;
  const [pod, another] = pods;
  if (!syncs || !pod || another) return {};
  const from = proxyContainer(pod, known);
  const read = () => readProxyLog(cluster, from, 0, { timestamps: true });
  if (!syncs.said((await read()).lines)) return {};
  return { syncs: async (sinceUnixMs) => syncLog(syncs.parse((await read()).lines, host), from, sinceUnixMs) };
}

async function addressOf(
  cluster: Cluster,
  entry: ClassEntry,
  known: Controller | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  let host: string | undefined;
  const address = async () => {
    const status = await entry.statusAddress();
    host = status.host;
    return status.ip;
  };
  const service = async () => known && (await serviceOf(cluster, known.selector(entry.own)));
  // Who may not list Services needs none where an address is given.
  const there = await unlessRefused(service());
  const isAwaited = there === undefined || there.spec?.type === "LoadBalancer";
  const given = await unlessRefused(
    waitFor(`an address of ${entry.api} ${entry.name}`, address, {
      timeoutMs: isAwaited ? ADDRESS_WAIT_MS : 0,
      signal,
    }),
  );
  if (given !== undefined) return hostPort(given, 80);
  const { clusterIP = "None" } = (there ?? (await service()))?.spec ?? {};
  if (clusterIP !== "None") return hostPort(clusterIP, 80);
  throw new EnvironmentError(
    `path ${entry.name}: the cluster gave the ${entry.api} object ${host === undefined ? "no IP address" : `a host name only (${host})`}, and packetwalk does not know the Service of its controller ${entry.controller}`,
  );
}

async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

/** The Service before a controller's proxies. */
async function serviceOf(cluster: Cluster, labelSelector: string): Promise<V1Service | undefined> {
  const { items } = await reading("Services", () => cluster.core.listServiceForAllNamespaces({ labelSelector }));
  const isHttp = (service: V1Service) => service.spec?.ports?.some(({ port }) => port === 80);
  return items.find(isHttp);
}

async function podsOf(cluster: Cluster, labelSelector: string): Promise<V1Pod[]> {
  const { items } = await reading("pods", () => cluster.core.listPodForAllNamespaces({ labelSelector }));
  return items.filter((pod) => pod.status?.phase === "Running" && pod.metadata?.deletionTimestamp === undefined);
}

async function reading<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new EnvironmentError(`${what} of the ingress controller can't be listed: ${apiReason(error)}`);
  }
}

/** "Traefik 3.7.15": the version is in the image's tag, if anywhere. */
function productOf({ product, container }: Controller, pods: readonly V1Pod[]): string {
  const image = pods[0] ? containerOf(pods[0], container)?.image : undefined;
  const version = /:v?(\d+\.\d+(?:\.\d+)?)/.exec(image ?? "")?.[1];
  return version === undefined ? product : `${product} ${version}`;
}

function containerOf(pod: V1Pod, name: string) {
  const containers = pod.spec?.containers ?? [];
  return containers.find((each) => each.name === name) ?? containers.find((each) => !isSidecar(each.name));
}

/** What meshes put into others' pods, wherever in their list. */
function isSidecar(container: string): boolean {
  return ["istio-proxy", "linkerd-proxy", "kuma-sidecar", "consul-dataplane", "envoy-sidecar"].includes(container);
}

async function recordsOf(
  cluster: Cluster,
  { name, own, controller }: ClassEntry,
  known: Controller | undefined,
  pods: readonly V1Pod[],
  sinceUnixMs: number,
): Promise<{ records: ProxyRecord[]; unseen: Unseen[] }> {
  if (!known) return { records: [], unseen: [{ kind: "controller-not-known", path: name, controller }] };
  await sleep(known.delayMs);
  const logs = await Promise.all(
    pods.map(async (pod) => {
      const from = proxyContainer(pod, known);
      const { lines, unseen } = await readProxyLog(cluster, from, sinceUnixMs, { timestamps: known.stamped });
      const { records, skipped } = known.parse(lines, own);
      return { records, unseen: [...unseen, ...skippedLines(from, skipped)] };
    }),
  );
  const records = logs
    .flatMap((log) => log.records)
    .filter((each) => isOf(name, each.requestId) && each.endedAtUnixMs >= sinceUnixMs);
  const unseen = logs.flatMap((log) => log.unseen);
  if (records.length === 0) unseen.push({ kind: "requests-not-logged", path: name, product: known.product });
  return { records, unseen };
}

function proxyContainer(pod: V1Pod, { container }: Controller): ProxyContainer {
  return {
    namespace: pod.metadata?.namespace ?? "",
    pod: pod.metadata?.name ?? "",
    container: containerOf(pod, container)?.name ?? "",
  };
}

/** A controller may serve several paths, and others than us: a request's id is "PATH-WORKER-NUMBER". */
function isOf(path: string, requestId: string): boolean {
  return requestId.startsWith(`${path}-`) && /^\d+-\d+$/.test(requestId.slice(path.length + 1));
}

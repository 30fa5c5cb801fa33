import type { V1Deployment, V1Service } from "@kubernetes/client-node";
import { z } from "zod";
import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import { apply } from "../../../../runner/cluster/manifests.ts";
import type { Delivery } from "../../../../runner/delivery/delivery.ts";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { readDocument } from "../../../../runner/json-document.ts";
import { askPod } from "../../../../runner/probes/pod-http.ts";
import { MANIFESTS } from "../manifests.ts";
import { madeAnew, type ReadyPod, readyPods } from "./ready-pods.ts";

const CONTROL_PORT = 8053;
const NAME = "dns-upstream";

/** All that the upstream knows; what else it is asked for does not exist. */
export interface UpstreamZone {
  readonly origin: string;
  readonly ttlSeconds: number;
  /** Addresses by name. `*.shop.test` stands for names that are one label longer and have no record of their own. */
  readonly records: Readonly<Record<string, readonly string[]>>;
}

export interface UpstreamFaults {
  readonly delayMs: number;
  /** Share (0–1) of queries over UDP that get no answer; which ones, the seed decides. */
  readonly loss: number;
  readonly seed: number;
}

export const NO_FAULTS: UpstreamFaults = { delayMs: 0, loss: 0, seed: 0 };

/** As programs/agent/dnsupstream writes it. */
const State = z.object({
  queries: z.array(
    z.object({ name: z.string(), type: z.string(), transport: z.string(), queries: z.number(), lost: z.number() }),
  ),
});
/** How often one question was asked, and how often it was left without an answer on purpose. */
export type UpstreamCount = z.infer<typeof State>["queries"][number];

/** The server that the DNS under test forwards to, reached through the API. */
export interface Upstream {
  readonly clusterIp: string;
  readonly pod: ReadyPod;
  setZone(zone: UpstreamZone): Promise<void>;
  setFaults(faults: UpstreamFaults): Promise<void>;
  /** What it was asked since its start, CoreDNS's own checks included. */
  counts(): Promise<UpstreamCount[]>;
}

/**
 * Deploys the upstream and waits until it serves.
 */
export async function deployUpstream(
  cluster: Cluster,
  delivery: Delivery,
  zone: UpstreamZone,
  signal?: AbortSignal,
): Promise<Upstream> {
  const deployment = MANIFESTS.object<V1Deployment>("upstream", "Deployment");
  const template = deployment.spec?.template;
  const container = template?.spec?.containers[0];
  if (!template || !container) throw new Error(`manifests/${NAME} has no container`);
  container.image = delivery.image;
  if (template.spec) await delivery.equip(template.spec, ["agent"]);
  const mark = madeAnew(template);
  const service = await apply(cluster, MANIFESTS.object<V1Service>("upstream", "Service"));
  await apply(cluster, deployment);
  const clusterIp = service.spec?.clusterIP;
  const [pod] = await readyPods(cluster, NAME, { kind: "Deployment", count: 1, mark, container: "upstream" }, signal);
  if (!clusterIp || !pod) throw new EnvironmentError(`the Service ${NAME} got no cluster address`);
  const at = { namespace: pod.namespace, pod: pod.name, port: CONTROL_PORT };
  const put = async (path: string, setting: object) => {
    await askPod(cluster, at, { method: "PUT", path, body: JSON.stringify(setting) });
  };
  const upstream: Upstream = {
    clusterIp,
    pod,
    setZone: (wanted) => put("/zone", wanted),
    setFaults: (wanted) => put("/faults", wanted),
    async counts() {
      return readDocument(`pod ${pod.name}`, await askPod(cluster, at, { method: "GET", path: "/state" }), State)
        .queries;
    },
  };
  await upstream.setZone(zone);
  return upstream;
}

/** Pure: what it was asked between two readings. */
export function askedBetween(before: readonly UpstreamCount[], after: readonly UpstreamCount[]): UpstreamCount[] {
  return after.flatMap((now) => {
    const then = before.find(
      ({ name, type, transport }) => name === now.name && type === now.type && transport === now.transport,
    );
    const queries = now.queries - (then?.queries ?? 0);
    return queries > 0 ? [{ ...now, queries, lost: now.lost - (then?.lost ?? 0) }] : [];
  });
}

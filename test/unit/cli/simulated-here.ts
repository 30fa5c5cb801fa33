/** A simulated API server for who asks what can be applied there. */
import { KubeConfig } from "@kubernetes/client-node";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { type Api, type ApiOptions, answering, api, refusal } from "../cluster/servers/api.ts";

type Answer = NonNullable<ApiOptions["answer"]>;

export interface HereServer {
  readonly nodes?: number;
  readonly version?: string;
  /** By a node's number, from 0; of others none. */
  readonly allowedUnsafeSysctls?: Readonly<Record<number, readonly string[]>>;
  /** Resources that nobody may create or get, e.g. "nodes/proxy". */
  readonly denied?: readonly string[];
  /** Every answer takes so long: the server is far away. */
  readonly answersAfterMs?: number;
  /** The answer to pods that have this in them. */
  readonly refusing?: { readonly having: string; readonly says: string };
}

export function hereServer({ nodes = 2, version = "v1.33.1", ...how }: HereServer = {}): Promise<Api> {
  const { allowedUnsafeSysctls = {}, denied = [], refusing, answersAfterMs = 0 } = how;
  return api({
    answer: late(
      answersAfterMs,
      answering(({ method, path, body }) => {
        if (path === "/version") return { status: 200, body: { gitVersion: version } };
        if (path.endsWith("/selfsubjectaccessreviews")) {
          const { resource, subresource } = Object(body).spec.resourceAttributes;
          const allowed = !denied.includes(subresource === undefined ? resource : `${resource}/${subresource}`);
          return { status: 201, body: { ...Object(body), status: { allowed, reason: allowed ? "" : "RBAC: nobody" } } };
        }
        const made = JSON.stringify(body);
        if (method === "POST" && refusing && made.includes(refusing.having)) return refusal(403, refusing.says);
        if (method === "POST") return { status: 201, body: { metadata: {} } };
        if (path === "/api/v1/nodes")
          return { status: 200, body: { items: Array.from({ length: nodes }, (_, index) => node(index, version)) } };
        const asked = /^\/api\/v1\/nodes\/node-(\d+)\/proxy\/configz$/.exec(path)?.[1];
        if (asked !== undefined) {
          const kubeletconfig = { allowedUnsafeSysctls: allowedUnsafeSysctls[Number(asked)] };
          return { status: 200, body: { kubeletconfig } };
        }
        if (/\/(ingressclasses|gatewayclasses|daemonsets)$/.test(path)) return { status: 200, body: { items: [] } };
        return refusal(404, `${path} not found`);
      }),
    ),
  });
}

function late(afterMs: number, answer: Answer): Answer {
  return afterMs === 0 ? answer : (request, response) => void setTimeout(() => answer(request, response), afterMs);
}

function node(index: number, kubeletVersion: string) {
  return {
    metadata: { name: `node-${String(index).padStart(3, "0")}` },
    spec: {},
    status: {
      capacity: { cpu: "8" },
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { operatingSystem: "linux", architecture: "amd64", kernelVersion: "6.1.0", kubeletVersion },
    },
  };
}

export function openAt(url: string): Promise<Cluster> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: "simulated", server: url, skipTLSVerify: true }, { name: "somebody" });
  return openCluster(kubeconfig);
}

/** What would have changed something. */
export function madeOn({ asked }: Api) {
  return asked.filter(
    ({ method, url }) => method !== "GET" && !/\/selfsubjectaccessreviews$|[?&]dryRun=All(&|$)/.test(url),
  );
}

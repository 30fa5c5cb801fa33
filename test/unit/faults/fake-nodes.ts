import type { IncomingMessage } from "node:http";
import { type Cluster, openCluster } from "../../../runner/cluster/cluster.ts";
import { servedApi } from "../../support/served-api.ts";

export interface FakeNode {
  unschedulable?: boolean;
  annotations?: Record<string, string>;
  version?: number;
}

/** Of the API's namespaces and Leases. */
export interface FakeNamespace {
  readonly run?: string;
  /** When its Lease was renewed, at each look; none: it has no Lease. */
  readonly renewed?: () => string;
  readonly leaseOf?: string;
}

interface Options {
  readonly namespaces?: Readonly<Record<string, FakeNamespace>>;
  /** Called before a write; what it answers is the write's answer. */
  readonly onPatch?: (node: string) => number | undefined;
}

export interface FakeNodes extends AsyncDisposable {
  readonly cluster: Cluster;
}

const RUN = "packetwalk.dev/run";

/** A Kubernetes API with nodes that can be cordoned, as the real one does it: this is the protocol, the real one is in the lab's tests. */
export async function fakeNodes(nodes: Record<string, FakeNode>, options: Options = {}): Promise<FakeNodes> {
  const { namespaces = {}, onPatch = () => undefined } = options;
  const served = await servedApi(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const path = new URL(request.url ?? "", "http://api").pathname;
    if (path === "/api/v1/nodes")
      return answer(200, { kind: "NodeList", apiVersion: "v1", items: Object.keys(nodes).map((name) => asNode(name)) });
    const name = path.replace("/api/v1/nodes/", "");
    if (path !== name) {
      const node = nodes[name];
      if (!node) return answer(404, {});
      if (request.method !== "PATCH") return answer(200, asNode(name));
      const refused = onPatch(name) ?? patch(node, request.headers["content-type"] ?? "", await json(request));
      return refused === undefined
        ? answer(200, asNode(name))
        : answer(refused, { message: `refused with ${refused}` });
    }
    const [, namespace = "", lease] = /namespaces\/([^/]+)(\/leases)?/.exec(path) ?? [];
    const there = namespaces[namespace];
    if (!there) return answer(404, {});
    if (!lease)
      return answer(200, { metadata: { name: namespace, annotations: there.run ? { [RUN]: there.run } : {} } });
    if (!there.renewed) return answer(404, {});
    const annotations = there.leaseOf ? { [RUN]: there.leaseOf } : {};
    return answer(200, { metadata: { annotations }, spec: { renewTime: there.renewed() } });
  });
  const asNode = (name: string) => {
    const { unschedulable, annotations = {}, version = 1 } = nodes[name] ?? {};
    return {
      ...{ kind: "Node", apiVersion: "v1" },
      metadata: { name, annotations, resourceVersion: String(version) },
      spec: { unschedulable },
    };
  };
  return {
    cluster: { ...(await openCluster(served.kubeconfig)), namespace: "here", run: "1" },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

async function json(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}

interface MergePatch {
  readonly metadata?: { readonly resourceVersion?: string; readonly annotations?: Record<string, string> };
  readonly spec: { readonly unschedulable: boolean | null };
}
type JsonPatch = { readonly op: string; readonly path: string; readonly value?: unknown }[];

/** Undefined: it was taken. */
function patch(node: FakeNode, type: string, body: unknown): number | undefined {
  const { version = 1 } = node;
  if (type.includes("merge-patch")) {
    const { metadata, spec } = body as MergePatch;
    if (metadata?.resourceVersion !== undefined && metadata.resourceVersion !== String(version)) return 409;
    node.annotations = { ...node.annotations, ...metadata?.annotations };
    node.unschedulable = spec.unschedulable ?? false;
  } else if (type.includes("json-patch")) {
    for (const { op, path, value } of body as JsonPatch) {
      const key = path.replace("/metadata/annotations/", "").replaceAll("~1", "/");
      if (op === "test" && node.annotations?.[key] !== value) return 422;
      if (op === "remove") delete node.annotations?.[key];
      if (op === "add") node.unschedulable = value as boolean;
    }
  } else return 415;
  node.version = version + 1;
  return undefined;
}

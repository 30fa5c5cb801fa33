import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { Api } from "../api.ts";
import type { NodeNetwork } from "../network.ts";

const corednsManifest = fileURLToPath(new URL("../../../manifests/lab/coredns.yaml", import.meta.url));

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** Gives each node its pod range, before its kubelet registers. */
export async function createNodes(api: Api, nodes: readonly NodeNetwork[]): Promise<void> {
  await Promise.all(
    nodes.map(({ name, addresses }) =>
      api.apply(`/api/v1/nodes/${name}`, {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name },
        spec: { podCIDR: addresses[0].podCidr, podCIDRs: addresses.map(({ podCidr }) => podCidr) },
      }),
    ),
  );
}

/** @param service its Service's address */
export async function applyCoreDns(api: Api, image: string, service: string): Promise<void> {
  await applyManifest(api, corednsManifest, { COREDNS_IMAGE: image, DNS_SERVICE: service });
}

/** Applies a file's objects in their order, with its {{NAMES}} filled in. */
export async function applyManifest(api: Api, file: string, values: Record<string, string> = {}): Promise<void> {
  const text = (await readFile(file, "utf8")).replace(/{{(\w+)}}/g, (whole, name: string) => values[name] ?? whole);
  for (const document of parseAllDocuments(text)) {
    const object = objectSchema.parse(document.toJS());
    await api.apply(pathOf(object), object);
  }
}

/** Pure: the API path of an object of a kind whose plural is regular. */
export function pathOf({ apiVersion, kind, metadata }: z.infer<typeof objectSchema>): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace ? `/namespaces/${metadata.namespace}` : "";
  const plural = `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
  return `${group}${namespace}/${plural}/${metadata.name}`;
}

interface Conditioned {
  status?: { conditions?: { type: string; status: string }[]; readyReplicas?: number };
}

export async function readyNodes(api: Api): Promise<number> {
  const { items } = await api.get<{ items: Conditioned[] }>("/api/v1/nodes");
  return items.filter((node) =>
    node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  ).length;
}

/** Whether a node's kubelet has said what its address is. */
export async function nodeHasAddress(api: Api, node: string): Promise<boolean> {
  const { status } = await api.get<{ status?: { addresses?: unknown[] } }>(`/api/v1/nodes/${node}`);
  return (status?.addresses ?? []).length > 0;
}

/** Whether a Deployment, by its API path, has all its pods available. */
export async function isAvailable(api: Api, deployment: string): Promise<boolean> {
  const { status } = await api.get<Conditioned>(deployment);
  return status?.conditions?.some(({ type, status }) => type === "Available" && status === "True") ?? false;
}

/** CoreDNS serves once one of its addresses is behind the Service. */
export async function dnsServes(api: Api): Promise<boolean> {
  const slices = await api.get<{ items: { endpoints?: { conditions?: { ready?: boolean } }[] }[] }>(
    "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=kubernetes.io/service-name%3Dkube-dns",
  );
  return slices.items.some((slice) => slice.endpoints?.some((endpoint) => endpoint.conditions?.ready));
}

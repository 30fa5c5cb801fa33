/** Every object of the cluster, by kind and name, with a hash of all that it says but for what changes by itself. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { OwnLab } from "../lab/own-lab.ts";

/** What is no state: events, and what is computed when it is asked for. */
const NO_STATE = new Set(["events", "events.events.k8s.io", "componentstatuses"]);
/** Written whenever it is renewed, or whenever a pod became ready. */
const VOLATILE_ANNOTATIONS = ["endpoints.kubernetes.io/last-change-trigger-time"];

const List = z.object({
  items: z.array(
    z.looseObject({
      apiVersion: z.string(),
      kind: z.string(),
      metadata: z.looseObject({
        name: z.string(),
        namespace: z.string().optional(),
        labels: z.record(z.string(), z.string()).optional(),
        annotations: z.record(z.string(), z.string()).optional(),
        finalizers: z.array(z.string()).optional(),
        deletionTimestamp: z.string().optional(),
      }),
    }),
  ),
});
type Item = z.infer<typeof List>["items"][number];

export async function objectsOf({ kubectl }: OwnLab): Promise<string[]> {
  const resources = (await kubectl("api-resources", "--verbs=list", "--output=name")).split("\n");
  const listed = resources.filter((name) => name !== "" && !NO_STATE.has(name)).join(",");
  const { items } = List.parse(JSON.parse(await kubectl("get", listed, "--all-namespaces", "--output=json")));
  return items.map(lineOf).sort();
}

function lineOf(item: Item): string {
  const { apiVersion, kind, metadata } = item;
  const { namespace, name } = metadata;
  const named = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  return `${named} of ${apiVersion} (${createHash("sha256").update(lasting(item)).digest("hex").slice(0, 12)})`;
}

function lasting({ metadata, status: _, spec, ...rest }: Item & { status?: unknown; spec?: unknown }): string {
  const { labels, annotations = {}, finalizers, deletionTimestamp } = metadata;
  const kept = Object.entries(annotations).filter(([name]) => !VOLATILE_ANNOTATIONS.includes(name));
  // Whoever holds a Lease writes its spec every few seconds.
  const said = rest.kind === "Lease" ? {} : { ...rest, spec };
  return JSON.stringify({ labels, kept, finalizers, isGoing: deletionTimestamp !== undefined, said }, sorted);
}

/** The API server gives maps in any order. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

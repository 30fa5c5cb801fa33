/** One Deployment behind an API, whose pods are always there: as far as merges go. Who owns fields only a real one knows. */

import { text } from "node:stream/consumers";
import { type Api, api } from "../cluster/servers/api.ts";

type Json = Record<string, unknown>;

export interface FakeDeployment extends AsyncDisposable {
  readonly url: string;
  spec(): unknown;
  owners(): unknown;
  /** "HOW, DRY" of each patch that it took, in order. */
  readonly patches: readonly string[];
}

interface Behaviour {
  /** Patches that hold this text are refused. */
  readonly refuses?: string;
  /** What the Deployment says of its pods while the patch is in it. */
  readonly failing?: string;
  /** Somebody else sets this right after the first patch. */
  readonly meddle?: (spec: Json) => void;
}

export async function fakeDeployment(
  spec: Json,
  { refuses, failing, meddle }: Behaviour = {},
): Promise<FakeDeployment> {
  const kubectl = { manager: "kubectl", operation: "Update", apiVersion: "apps/v1", fieldsV1: { "f:spec": {} } };
  const initial = { name: "web", namespace: "shop", uid: "u1", resourceVersion: "1", generation: 1 };
  let now: Json = { metadata: { ...initial, managedFields: [kubectl] }, spec };
  const patches: string[] = [];
  const original = JSON.stringify(spec);
  const changed = () => JSON.stringify(now.spec) !== original;
  const at = (of: Json, key: string): Json => of[key] as Json;
  const status = (generation: unknown) => {
    const pods = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
    if (failing === undefined || !changed()) return { observedGeneration: generation, ...pods };
    const message = failing;
    const late = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" };
    const refused = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
    return {
      observedGeneration: generation,
      replicas: 2,
      updatedReplicas: 0,
      availableReplicas: 2,
      conditions: [late, refused],
    };
  };
  const shown = () => ({ ...now, status: status(at(now, "metadata").generation) });
  const pods = () =>
    ["a", "b"].map((name) => {
      const template = at(failing !== undefined && changed() ? JSON.parse(original) : at(now, "spec"), "template");
      return { metadata: { name, uid: `${name}-${changed()}` }, spec: template.spec, status: { phase: "Running" } };
    });

  const patched = (how: string, body: unknown, dry: boolean): Json | number => {
    const version = at(now, "metadata").resourceVersion;
    const given = Array.isArray(body) ? body[0].value : at(body as Json, "metadata").resourceVersion;
    if (given !== version) return 409;
    if (refuses !== undefined && JSON.stringify(body).includes(refuses)) return 422;
    const next: Json = structuredClone(now);
    if (Array.isArray(body)) for (const operation of body) edit(next, operation);
    else merge(next, body as Json);
    const metadata = at(next, "metadata");
    if (!JSON.stringify(body).includes("managedFields"))
      metadata.managedFields = [
        ...(metadata.managedFields as Json[]).filter(({ manager }) => manager !== "packetwalk"),
        { manager: "packetwalk", operation: "Apply", apiVersion: "apps/v1", fieldsV1: {} },
      ];
    metadata.resourceVersion = String(Number(version) + 1);
    patches.push(`${how}${dry ? ", dry" : ""}`);
    if (dry) return next;
    now = next;
    if (patches.filter((each) => !each.endsWith("dry")).length === 1) meddle?.(at(now, "spec"));
    return shown();
  };

  const server: Api = await api({
    answer: async (request, response) => {
      const { method, url = "" } = request;
      const sent = await text(request);
      const { pathname, searchParams } = new URL(url, "http://api");
      const reply = (status: number, body: unknown) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      if (pathname.endsWith("/pods")) return reply(200, { items: pods() });
      if (!pathname.endsWith("/deployments/web")) return reply(200, { items: [] });
      if (method !== "PATCH") return reply(200, shown());
      const how = /(apply|strategic-merge|json)-patch/.exec(request.headers["content-type"] ?? "")?.[1] ?? "?";
      const result = patched(how, JSON.parse(sent), searchParams.has("dryRun"));
      if (typeof result !== "number") return reply(200, result);
      return reply(result, { kind: "Status", status: "Failure", code: result, message: `no: ${refuses}` });
    },
  });
  return {
    url: server.url,
    patches,
    spec: () => now.spec,
    owners: () => at(now, "metadata").managedFields,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function edit(root: Json, { op, path, value }: { op: string; path: string; value?: unknown }): void {
  const keys = path.split("/").slice(1);
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Json>((at, key) => at[key] as Json, root);
  if (op === "remove") delete parent[last];
  else if (path !== "/metadata/resourceVersion") parent[last] = value;
}

function merge(into: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    const there = into[key];
    if (value === null) delete into[key];
    else if (key === "containers" && Array.isArray(there) && Array.isArray(value)) {
      for (const each of value)
        merge(
          there.find(({ name }) => name === each.name),
          each,
        );
    } else if (typeof value !== "object" || Array.isArray(value)) into[key] = value;
    else {
      const inner = typeof there === "object" && there !== null ? (there as Json) : {};
      into[key] = inner;
      merge(inner, value as Json);
    }
  }
}

/** RBAC as far as docs/rights goes: which files grant what. */
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

const Rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
  resourceNames: z.array(z.string()).exactOptional(),
});

const Holder = z.object({
  kind: z.enum(["Role", "ClusterRole"]),
  metadata: z.object({ name: z.string(), namespace: z.string().exactOptional() }),
  rules: z.array(Rule),
});

/** One verb on one resource. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Undefined: in whichever namespace, or in none. */
  readonly namespace?: string | undefined;
  /** Undefined: of whichever object. */
  readonly name?: string | undefined;
}

/** A rule, taken apart. */
interface Grant extends Right {
  readonly names: readonly string[] | undefined;
}

/** @param text of one or more documents; those that hold no rules are passed over */
export function grantsIn(text: string): Grant[] {
  const holders = parseAllDocuments(text).flatMap((document) => Holder.safeParse(document.toJS()).data ?? []);
  return holders.flatMap(({ metadata: { namespace }, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames: names }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource, namespace, names }))),
      ),
    ),
  );
}

export function rightsOf(file: string): Grant[] {
  return grantsIn(readFileSync(new URL(`../../../docs/rights/${file}`, import.meta.url), "utf8"));
}

export function allows(grants: readonly Grant[], { verb, group, resource, namespace, name }: Right): boolean {
  return grants.some(
    (each) =>
      each.verb === verb &&
      each.group === group &&
      each.resource === resource &&
      (each.namespace === undefined || namespace === undefined || each.namespace === namespace) &&
      (each.names === undefined || (name !== undefined && each.names.includes(name))),
  );
}

/** "create pods", "get namespaces packetwalk", "list daemonsets.apps" */
export function rightWords({ verb, group, resource }: Right): string {
  return `${verb} ${resource}${group === "" ? "" : `.${group}`}`;
}

const VERBS: Readonly<Record<string, string>> = { POST: "create", PATCH: "patch", PUT: "update", DELETE: "delete" };

/** What an API server asks of whoever sends a request; undefined: it is about no resource, and everybody may send it. */
export function rightFor(method: string, url: string): Right | undefined {
  const [, core, named, rest = ""] = /^\/(?:api\/(v1)|apis\/([^/]+)\/[^/]+)\/([^?]+)/.exec(url) ?? [];
  if (core === undefined && named === undefined) return undefined;
  const [, namespace, path = rest] = /^namespaces\/([^/]+)\/(.+)$/.exec(rest) ?? [];
  const [resource = "", name, subresource] = path.split("/");
  return {
    verb: VERBS[method] ?? (name === undefined ? "list" : "get"),
    group: named ?? "",
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
  };
}

/** Gateways and HTTPRoutes: their API is installed, or is not. */
import type { CustomObjectsApi, KubernetesObject } from "@kubernetes/client-node";
import { z } from "zod";
import { isNotFound } from "../../cluster/cluster.ts";
import type { BackendFacts, ConditionFacts, GatewayFacts, RouteFacts, RouteParent } from "../state.ts";
import type { Page } from "./list.ts";

const GROUP = "gateway.networking.k8s.io";

const Metadata = z.object({ name: z.string(), namespace: z.string().default("") });
const Conditions = z
  .array(
    z.object({
      type: z.string(),
      status: z.string(),
      reason: z.string().default(""),
      message: z.string().default(""),
    }),
  )
  .default([]);
type Conditions = z.infer<typeof Conditions>;
const Reference = z.object({
  group: z.string().optional(),
  kind: z.string().optional(),
  name: z.string(),
  namespace: z.string().optional(),
  port: z.number().optional(),
});
type Reference = z.infer<typeof Reference>;

const Listed = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(z.custom<KubernetesObject>((item) => z.object({ metadata: Metadata }).safeParse(item).success)),
});

const Gateway = z.object({
  metadata: Metadata,
  spec: z.object({ gatewayClassName: z.string() }),
  status: z.object({ conditions: Conditions }).optional(),
});

const Route = z.object({
  metadata: Metadata,
  spec: z.object({
    parentRefs: z.array(Reference).default([]),
    rules: z
      .array(
        z.object({
          backendRefs: z.array(Reference).default([]),
          retry: z.object({ attempts: z.number().default(1) }).optional(),
        }),
      )
      .default([]),
  }),
  status: z
    .object({ parents: z.array(z.object({ parentRef: Reference, conditions: Conditions })).default([]) })
    .optional(),
});

/** A page of them; none where their API is not installed. */
export async function listCustom(
  custom: CustomObjectsApi,
  plural: "gateways" | "httproutes",
  range: { limit?: number; _continue?: string },
): Promise<Page<KubernetesObject>> {
  try {
    const read: unknown = await custom.listClusterCustomObject({ group: GROUP, version: "v1", plural, ...range });
    const { metadata, items } = Listed.parse(read);
    return { metadata: metadata.continue ? { _continue: metadata.continue } : {}, items };
  } catch (error) {
    if (isNotFound(error)) return { items: [] };
    throw error;
  }
}

export function gatewayFacts(object: KubernetesObject): GatewayFacts {
  const { metadata, spec, status } = Gateway.parse(object);
  const conditions = status?.conditions ?? [];
  return {
    ...metadata,
    className: spec.gatewayClassName,
    accepted: conditionOf(conditions, "Accepted"),
    programmed: conditionOf(conditions, "Programmed"),
  };
}

export function routeFacts(object: KubernetesObject): RouteFacts {
  const { metadata, spec, status } = Route.parse(object);
  const { namespace } = metadata;
  const parents = spec.parentRefs
    .filter(({ kind = "Gateway" }) => kind === "Gateway")
    .map((parent): RouteParent => {
      const at = { namespace: parent.namespace ?? namespace, name: parent.name };
      const told = (status?.parents ?? []).filter(
        ({ parentRef }) => parentRef.name === at.name && (parentRef.namespace ?? namespace) === at.namespace,
      );
      const accepted = told.map(({ conditions }) => conditionOf(conditions, "Accepted"));
      // One controller that refuses it is enough to be told.
      return { ...at, accepted: accepted.find((each) => each?.isTrue === false) ?? accepted[0] ?? null };
    });
  const backends = spec.rules.flatMap(({ backendRefs }) => backendRefs.flatMap((each) => backendOf(each, namespace)));
  return { ...metadata, parents, retries: spec.rules.map(({ retry }) => retry?.attempts ?? null), backends };
}

/** Null as well where it still has the "Unknown" with which it was made: no controller has said anything. */
function conditionOf(conditions: Conditions, type: string): ConditionFacts | null {
  const found = conditions.find((each) => each.type === type);
  if (found === undefined || found.status === "Unknown") return null;
  return { isTrue: found.status === "True", says: [found.reason, found.message].filter(Boolean).join(": ") };
}

/** What is no Service is somebody else's business. */
function backendOf({ group = "", kind = "Service", name, namespace, port }: Reference, own: string): BackendFacts[] {
  return group === "" && kind === "Service" ? [{ namespace: namespace ?? own, name, port: port ?? null }] : [];
}

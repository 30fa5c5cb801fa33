/** Where what stands before Services listens: Ingresses and Gateways, as their objects say. Pure, but for Gateways, which are asked for. */
import type { V1Ingress } from "@kubernetes/client-node";
import { z } from "zod";
import { UsageError } from "../../errors.ts";
import type { PlannedTarget } from "../plan/plan.ts";

export type Fronted = Extract<PlannedTarget, { kind: "ingress" | "gateway" }>;

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export interface Front {
  readonly what: string;
  readonly namespace: string;
  /** IP addresses or names; the first is taken. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** Behind the host. */
  readonly services: readonly Named[];
}

/** An Ingress has no ports of its own: controllers serve it at HTTP's. */
export function ingressFront({ metadata, spec, status }: V1Ingress, { host, tls }: Fronted): Front {
  const rules = spec?.rules?.filter((rule) => leadsTo(rule.host, host)) ?? [];
  const namespace = metadata?.namespace ?? "";
  const names = rules.flatMap(({ http }) => http?.paths.flatMap(({ backend }) => backend.service?.name ?? []) ?? []);
  return {
    what: `Ingress ${namespace}/${metadata?.name}`,
    namespace,
    addresses: status?.loadBalancer?.ingress?.flatMap(({ ip, hostname }) => ip ?? hostname ?? []) ?? [],
    port: tls ? 443 : 80,
    services: names.map((name) => ({ namespace, name })),
  };
}

export const GATEWAY_API = { group: "gateway.networking.k8s.io", version: "v1" };

const Parent = z.object({
  kind: z.string().default("Gateway"),
  name: z.string(),
  namespace: z.string().optional(),
  sectionName: z.string().optional(),
  port: z.number().optional(),
});
const Backend = z.object({ kind: z.string().default("Service"), name: z.string(), namespace: z.string().optional() });
const Route = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().default("") }),
  spec: z.object({
    hostnames: z.array(z.string()).default([]),
    parentRefs: z.array(Parent).default([]),
    rules: z.array(z.object({ backendRefs: z.array(Backend).default([]) })).default([]),
  }),
});
type Route = z.infer<typeof Route>;

const Listener = z.object({
  name: z.string(),
  hostname: z.string().optional(),
  port: z.number(),
  protocol: z.string(),
});
type Listener = z.infer<typeof Listener>;

export const Gateway = z.object({
  spec: z.object({ listeners: z.array(Listener).default([]) }),
  status: z.object({ addresses: z.array(z.object({ value: z.string() })).default([]) }).optional(),
});
export type Gateway = z.infer<typeof Gateway>;

export function routesIn(list: unknown): readonly Route[] {
  return z.object({ items: z.array(Route) }).safeParse(list).data?.items ?? [];
}

/**
 * The first listener that takes the host's requests as the plan sends them.
 * @throws UsageError where the host is served otherwise only
 */
export async function gatewayFront(
  planned: Fronted,
  routes: readonly Route[],
  read: (gateway: Named) => Promise<Gateway | undefined>,
): Promise<Front | undefined> {
  const others: string[] = [];
  for (const route of routes) {
    const { namespace } = route.metadata;
    const isNamed = route.spec.hostnames.some((host) => isOfGateway(host, planned.host));
    if (!isNamed && route.spec.hostnames.length > 0) continue;
    for (const parent of route.spec.parentRefs.filter(({ kind }) => kind === "Gateway")) {
      const at = { namespace: parent.namespace ?? namespace, name: parent.name };
      const gateway = await read(at);
      const open = gateway?.spec.listeners.filter((each) => isParent(parent, each) && takes(each, planned, isNamed));
      const listener = open?.find(({ protocol }) => protocol === (planned.tls ? "HTTPS" : "HTTP"));
      if (gateway && listener)
        return {
          what: `Gateway ${at.namespace}/${at.name}`,
          namespace,
          addresses: gateway.status?.addresses.map(({ value }) => value) ?? [],
          port: listener.port,
          services: servicesOf(route),
        };
      others.push(
        ...(open ?? []).map(
          ({ name, port, protocol }) => `${at.namespace}/${at.name} ${name} (${protocol}, port ${port})`,
        ),
      );
    }
  }
  if (others.length === 0) return undefined;
  const [wanted, instead] = planned.tls ? ["HTTPS", "leave tls out"] : ["HTTP", "write tls: true"];
  throw new UsageError(
    `target ${planned.name}: no listener takes ${wanted} for ${planned.host}; there are ${others.join(", ")}; ${instead}, or name another host`,
  );
}

function isParent({ sectionName, port }: z.infer<typeof Parent>, listener: Listener): boolean {
  return (sectionName ?? listener.name) === listener.name && (port ?? listener.port) === listener.port;
}

/** A route without hosts of its own has those of its listeners. */
function takes({ hostname }: Listener, { host }: Fronted, isNamed: boolean): boolean {
  return hostname === undefined || hostname === "" ? isNamed : isOfGateway(hostname, host);
}

function servicesOf({ metadata, spec }: Route): Named[] {
  const backends = spec.rules.flatMap(({ backendRefs }) => backendRefs.filter(({ kind }) => kind === "Service"));
  return backends.map(({ name, namespace }) => ({ namespace: namespace ?? metadata.namespace, name }));
}

/** The same of a Gateway's, whose wildcards are for any number of labels. */
function isOfGateway(rule: string, host: string): boolean {
  return rule.startsWith("*.") ? host.toLowerCase().endsWith(rule.slice(1).toLowerCase()) : leadsTo(rule, host);
}

/** Whether a rule's host, which may begin with a wildcard for one label, takes requests for this one. */
export function leadsTo(rule: string | undefined, host: string): boolean {
  if (rule === undefined || rule === "") return false;
  if (!rule.startsWith("*.")) return rule.toLowerCase() === host.toLowerCase();
  const [, ...rest] = host.split(".");
  return rest.join(".").toLowerCase() === rule.slice(2).toLowerCase();
}

/** Whom a plan's look-ups and scripts reach, which are no one target with one address. Reads only. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Cluster } from "../../cluster/cluster.ts";
import { hostPort } from "../../host-port.ts";
import type { Plan, PlannedTarget } from "../plan/plan.ts";
import { stormsOf } from "../plan/together.ts";

const DNS = { namespace: "kube-system", labelSelector: "k8s-app=kube-dns" };

/** Look-ups of one target or event. */
export interface ReachedNames {
  /** The target's or the event's. */
  readonly name: string;
  readonly of: "target" | "event";
  readonly names: readonly string[];
  /** Those that the cluster's DNS can't answer by itself: it asks others for them. */
  readonly outside: readonly string[];
}

export interface ReachedHost {
  /** NAME:PORT, as the plan has it. */
  readonly host: string;
  /** Where its name leads; null: it can't be looked up from here. */
  readonly address: string | null;
  /** Of its Service; null: it is none of the cluster's. */
  readonly namespace: string | null;
}

export interface ReachedScript {
  readonly planned: Extract<PlannedTarget, { kind: "k6" }>;
  readonly hosts: readonly ReachedHost[];
}

export interface Beyond {
  readonly lookups: readonly ReachedNames[];
  readonly scripts: readonly ReachedScript[];
  /** Where look-ups are asked: IP:53; null: it can't be read, or nothing is looked up. */
  readonly dns: string | null;
  /** Within which the cluster's DNS answers by itself. */
  readonly domains: readonly string[];
}

/** @param domains of the cluster's own names, such as cluster.local */
export async function beyondTargets(cluster: Cluster, plan: Plan, domains: readonly string[]): Promise<Beyond> {
  const lookups = await Promise.all(
    lookupsIn(plan).map(async (each): Promise<ReachedNames> => {
      const found = await Promise.all(each.names.map((name) => isInside(cluster, name, domains)));
      return { ...each, outside: each.names.filter((_, index) => !found[index]) };
    }),
  );
  const scripts = await Promise.all(
    plan.targets.flatMap((planned) =>
      planned.kind === "k6"
        ? [
            Promise.all(planned.hosts.map((host) => reached(cluster, host, domains))).then((hosts) => ({
              planned,
              hosts,
            })),
          ]
        : [],
    ),
  );
  return { lookups, scripts, dns: lookups.length === 0 ? null : await dnsAddress(cluster), domains };
}

/** Pure. */
function lookupsIn(plan: Plan): Omit<ReachedNames, "outside">[] {
  return [
    ...plan.targets.flatMap((each) =>
      each.kind === "names" ? [{ name: each.name, of: "target" as const, names: each.names }] : [],
    ),
    ...stormsOf(plan).map(({ name, names }) => ({ name, of: "event" as const, names })),
  ];
}

/** One that a Service of the cluster has is found on the search list, before anybody else is asked. */
async function isInside(cluster: Cluster, name: string, domains: readonly string[]): Promise<boolean> {
  return (
    isWithin(name, domains) || (!name.endsWith(".") && (await serviceCalled(cluster, name, domains)) !== undefined)
  );
}

/** Pure: whether a name stands under one of the cluster's domains. */
export function isWithin(name: string, domains: readonly string[]): boolean {
  const bare = name.replace(/\.$/, "").toLowerCase();
  return domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`));
}

async function reached(cluster: Cluster, host: string, domains: readonly string[]): Promise<ReachedHost> {
  const name = host.replace(/:\d+$/, "");
  const port = host.slice(name.length + 1);
  const at = (address: string, namespace: string | null) => ({ host, address: hostPort(address, port), namespace });
  if (isIP(name) !== 0) return at(name, null);
  const service = await serviceCalled(cluster, name, domains);
  if (service) return at(service.address, service.namespace);
  return lookup(name).then(
    ({ address }) => at(address, null),
    () => ({ host, address: null, namespace: null }),
  );
}

/** The Service that a name of the cluster means: NAME.NAMESPACE, with or without what follows. */
async function serviceCalled(cluster: Cluster, host: string, domains: readonly string[]) {
  const domain = domains.find((each) => isWithin(host, [each]));
  const bare = domain === undefined ? host : host.replace(/\.$/, "").slice(0, -domain.length - 1);
  const [name, namespace, svc = "svc", ...more] = bare.split(".");
  if (!name || !namespace || svc !== "svc" || more.length > 0 || /[{}]/.test(bare)) return undefined;
  const service = await cluster.core.readNamespacedService({ name, namespace }).catch(() => undefined);
  const address = service?.spec?.clusterIP ?? "";
  return isIP(address) === 0 ? undefined : { namespace, address };
}

async function dnsAddress(cluster: Cluster): Promise<string | null> {
  const { items } = await cluster.core.listNamespacedService(DNS).catch(() => ({ items: [] }));
  const address = items.flatMap(({ spec }) => spec?.clusterIP ?? []).find((each) => isIP(each) !== 0);
  return address === undefined ? null : hostPort(address, 53);
}

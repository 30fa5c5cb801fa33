/** A plan's targets, ready to be loaded: the user's as they were found, and the reference workload as it was deployed. */
import { apiReason, type Cluster } from "../../cluster/cluster.ts";
import { EnvironmentError, UsageError } from "../../errors.ts";
import { hostPort } from "../../host-port.ts";
import type { WebWorkload } from "../../workloads/web.ts";
import type { Plan, PlannedRequest, PlannedTarget, SecretKey } from "../plan/plan.ts";
import type { ReadyTarget } from "./ground.ts";
import type { FoundTarget } from "./targets.ts";

/** @param web undefined where no target is the reference workload */
export async function readyTargets(
  cluster: Cluster,
  { targets }: Plan,
  found: readonly FoundTarget[],
  web: WebWorkload | undefined,
): Promise<readonly [ReadyTarget, ...ReadyTarget[]]> {
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0);
  const [first, ...more] = await Promise.all(
    targets.map((target) => ready(cluster, target, target.weight / weights, found, web)),
  );
  if (!first) throw new Error("a plan has a target");
  return [first, ...more];
}

async function ready(
  cluster: Cluster,
  target: PlannedTarget,
  share: number,
  found: readonly FoundTarget[],
  web: WebWorkload | undefined,
): Promise<ReadyTarget> {
  const { name, kind } = target;
  const of = { name, kind, share };
  if (kind === "names") {
    return {
      report: { ...of, what: `names ${target.names.join(", ")}`, addresses: [] },
      aim: { kind: "names", names: target.names },
      ...{ namespace: null, services: [], pods: [], isProxied: false },
    };
  }
  if (kind === "k6") {
    const wanted = target.secretEnv.map(({ variable, ...key }) => ({ ...key, name: variable }));
    return {
      report: { ...of, what: scriptWords(target), addresses: [...target.hosts] },
      aim: { kind: "script", planned: target, secrets: await secretValues(cluster, name, "variable", wanted) },
      // Which pods answer behind the names that it asks, and whether a proxy stands before them, nobody knows.
      ...{ namespace: null, services: [], pods: [], isProxied: true },
    };
  }
  const aim = async (address: string, host: string, tls: boolean, request: PlannedRequest) =>
    ({ kind: "requests", address, host, tls, request, secrets: await secretHeaders(cluster, name, request) }) as const;
  if (kind === "reference") {
    if (!web) throw new Error("the reference workload was not deployed");
    const address = hostPort(web.clusterIp, web.port);
    return {
      report: { ...of, what: `packetwalk's own web workload, ${web.pods.length} pods`, addresses: [address] },
      aim: await aim(address, "web", false, target.request),
      ...{ namespace: cluster.namespace, services: [{ namespace: cluster.namespace, name: "web" }] },
      ...{ pods: web.pods, isProxied: false },
    };
  }
  const there = found.find(({ planned }) => planned.name === name);
  if (!there) throw new Error(`target ${name} was not looked for`);
  const { address, host, namespace, services, pods, isProxied } = there;
  return {
    report: { ...of, what: whatOf(target), addresses: [address] },
    aim: await aim(address, host, kind === "service" ? false : target.tls, target.request),
    ...{ namespace, services, pods, isProxied },
  };
}

/** As a person names it. */
export function whatOf(target: FoundTarget["planned"]): string {
  if (target.kind !== "service") return `host ${target.host} (${target.kind})`;
  const { namespace, service, port } = target;
  return `Service ${namespace}/${service}${port === null ? "" : `:${port}`}`;
}

/** As a person names it. */
export function scriptWords({ file, hosts }: Extract<PlannedTarget, { kind: "k6" }>): string {
  return `k6 script ${file} to ${hosts.join(", ")}`;
}

function secretHeaders(cluster: Cluster, target: string, request: PlannedRequest) {
  const wanted = request.secretHeaders.map(({ header, ...key }) => ({ ...key, name: header }));
  return secretValues(cluster, target, "header", wanted);
}

/** @throws UsageError where there is no such Secret or key; its values are never told */
async function secretValues(
  cluster: Cluster,
  target: string,
  what: "header" | "variable",
  wanted: ReadonlyArray<SecretKey & { readonly name: string }>,
): Promise<Readonly<Record<string, string>>> {
  const read = await Promise.all(
    wanted.map(async ({ name, namespace, secret, key }) => {
      const { data } = await cluster.core.readNamespacedSecret({ namespace, name: secret }).catch((error: unknown) => {
        throw new EnvironmentError(
          `target ${target}, ${what} ${name}: Secret ${namespace}/${secret} can't be read: ${apiReason(error)}`,
        );
      });
      const value = data?.[key];
      if (value === undefined)
        throw new UsageError(`target ${target}, ${what} ${name}: Secret ${namespace}/${secret} has no key ${key}`);
      return [name, Buffer.from(value, "base64").toString("utf8").trim()] as const;
    }),
  );
  return Object.fromEntries(read);
}

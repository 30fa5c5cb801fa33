import { CustomObjectsApi, NetworkingV1Api } from "@kubernetes/client-node";
import { z } from "zod";
import { apiReason, type Cluster, isForbidden, isNotFound } from "../../../../runner/cluster/cluster.ts";
import { EnvironmentError, UsageError } from "../../../../runner/errors.ts";
import type { LeftOutPath } from "../../evidence.ts";
import { gatewayPath } from "./gateway.ts";
import { ingressPath } from "./ingress.ts";
import type { PathMaker } from "./path.ts";

/** An IngressClass or GatewayClass that a cluster has, and who serves it, e.g. "k8s.io/ingress-nginx". */
export interface InstalledClass {
  readonly kind: "ingress" | "gateway";
  readonly name: string;
  readonly controller: string;
}

const GatewayClasses = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), spec: z.object({ controllerName: z.string() }) }),
  ),
});

/** Whoever runs this may not list them. */
export class ClassesForbidden extends EnvironmentError {}

/**
 * As installedClasses; where they may not be listed there are none, and that is told.
 * @throws EnvironmentError for any other trouble
 */
export async function classesIfAllowed(
  cluster: Cluster,
): Promise<{ readonly classes: readonly InstalledClass[]; readonly leftOut: readonly LeftOutPath[] }> {
  try {
    return { classes: await installedClasses(cluster), leftOut: [] };
  } catch (error) {
    if (!(error instanceof ClassesForbidden)) throw error;
    return {
      classes: [],
      leftOut: [{ path: "of classes", why: { kind: "classes-forbidden", because: error.message } }],
    };
  }
}

/**
 * Sorted by name, those for Ingress first.
 * @throws ClassesForbidden or another EnvironmentError
 */
export async function installedClasses(cluster: Cluster): Promise<InstalledClass[]> {
  const [ingress, gateway] = await Promise.all([ingressClasses(cluster), gatewayClasses(cluster)]);
  const byName = (a: InstalledClass, b: InstalledClass) => a.name.localeCompare(b.name);
  return [...ingress.sort(byName), ...gateway.sort(byName)];
}

/** The name of a class's path, e.g. "gateway-traefik". */
export function classPathName({ kind, name }: InstalledClass): string {
  return `${kind}-${name}`;
}

/**
 * Pure: makers of the paths through a cluster's classes, by the paths' names.
 * @param wanted names of classes (then of both kinds) or of their paths
 * @throws UsageError for one that is not there, naming those that are
 */
export function makersOf(
  installed: readonly InstalledClass[],
  wanted: readonly string[] | "all",
): Readonly<Record<string, PathMaker>> {
  const chosen =
    wanted === "all"
      ? installed
      : installed.filter((each) => wanted.includes(each.name) || wanted.includes(classPathName(each)));
  for (const name of wanted === "all" ? [] : wanted) {
    if (chosen.some((each) => each.name === name || classPathName(each) === name)) continue;
    const names = installed.map(classPathName).join(", ");
    throw new UsageError(
      `the cluster has no IngressClass or GatewayClass for "${name}" (${names ? `it has: ${names}` : "it has none at all"})`,
    );
  }
  const maker = { ingress: ingressPath, gateway: gatewayPath };
  return Object.fromEntries(chosen.map((each) => [classPathName(each), maker[each.kind](classPathName(each), each)]));
}

async function ingressClasses(cluster: Cluster): Promise<InstalledClass[]> {
  try {
    const { items } = await cluster.kubeconfig.makeApiClient(NetworkingV1Api).listIngressClass();
    return items.map(({ metadata, spec }) => ({
      kind: "ingress",
      name: metadata?.name ?? "",
      controller: spec?.controller ?? "",
    }));
  } catch (error) {
    throw notListed("IngressClasses", error);
  }
}

async function gatewayClasses(cluster: Cluster): Promise<InstalledClass[]> {
  try {
    const list: unknown = await cluster.kubeconfig
      .makeApiClient(CustomObjectsApi)
      .listClusterCustomObject({ group: "gateway.networking.k8s.io", version: "v1", plural: "gatewayclasses" });
    return GatewayClasses.parse(list).items.map(({ metadata, spec }) => ({
      kind: "gateway",
      name: metadata.name,
      controller: spec.controllerName,
    }));
  } catch (error) {
    // A cluster without Gateway API.
    if (isNotFound(error)) return [];
    throw notListed("GatewayClasses", error);
  }
}

function notListed(what: string, error: unknown): EnvironmentError {
  const words = `the cluster's ${what} can't be listed: ${apiReason(error)}`;
  return isForbidden(error) ? new ClassesForbidden(words) : new EnvironmentError(words);
}

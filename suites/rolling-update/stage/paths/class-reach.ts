import type { Cluster } from "../../../../runner/cluster/cluster.ts";
import type { Reach } from "../../../../runner/preflight/needs.ts";
import { ordersLoadBalancer } from "./class-use.ts";
import { classPathName, type InstalledClass, installedClasses } from "./classes.ts";
import { PATHS } from "./registry.ts";

/** What the paths that the user named reach for on this cluster. Unasked, none does. */
export async function reachOfPaths(cluster: Cluster, paths: readonly string[] = []): Promise<Reach[]> {
  const isOfClass = paths.some((name) => !Object.hasOwn(PATHS, name));
  return isOfClass ? reachOfClasses(await installedClasses(cluster), paths) : [];
}

/** Pure: of the named paths, those through a class that would order a load balancer. */
export function reachOfClasses(installed: readonly InstalledClass[], paths: readonly string[]): Reach[] {
  return installed.flatMap((one) => {
    const path = classPathName(one);
    if (!paths.includes(path) || !ordersLoadBalancer(one.controller)) return [];
    return {
      by: `--paths ${path}`,
      does: `has ${one.controller} order a load balancer`,
      because: "with an address of its own, at its owner's cost",
      instead: `leave ${path} out`,
    };
  });
}

import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { UsageError } from "../../../runner/errors.ts";
import type { Places } from "../../../runner/workloads/places.ts";
import type { Path, PathImages, PathMaker, PathOptions } from "./paths/path.ts";

/** Holds the paths as an arm wants them. */
export interface PathSwitch {
  /** Brings every path to these options; nothing is done where it has them already. */
  to(options: Pick<PathOptions, "nextUpstream">, signal: AbortSignal): Promise<readonly Path[]>;
}

export function pathSwitch(
  cluster: Cluster,
  images: PathImages,
  makers: ReadonlyMap<string, PathMaker>,
  places: Places,
): PathSwitch {
  let current: { options: Pick<PathOptions, "nextUpstream">; paths: readonly Path[] } | undefined;
  return {
    async to(options, signal) {
      if (current?.options.nextUpstream !== options.nextUpstream) {
        current = undefined;
        const making = [...makers.values()].map((make) => make(cluster, images, { ...options, places }, signal));
        current = { options, paths: await Promise.all(making) };
      }
      return current.paths;
    },
  };
}

/**
 * The paths that the user chose among those that can be had here.
 * @param chosen by name; undefined: all
 * @throws UsageError naming those that there are
 */
export function choosePaths(
  available: ReadonlyMap<string, PathMaker>,
  chosen: readonly string[] | undefined,
): ReadonlyMap<string, PathMaker> {
  if (chosen === undefined) return available;
  const unknown = chosen.find((name) => !available.has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `--paths: this cluster has no path "${unknown}"; choose from ${[...available.keys()].join(", ")}`,
    );
  }
  return new Map([...available].filter(([name]) => chosen.includes(name)));
}

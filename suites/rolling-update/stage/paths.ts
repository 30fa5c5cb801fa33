import type { Cluster } from "../../../runner/cluster/cluster.ts";
import { EnvironmentError, reasonOf, UsageError } from "../../../runner/errors.ts";
import type { Places } from "../../../runner/workloads/places.ts";
import type { LeftOutPath } from "../evidence.ts";
import type { Path, PathImages, PathMaker, PathOptions } from "./paths/path.ts";
import { PATHS } from "./paths/registry.ts";

type ArmOptions = Pick<PathOptions, "nextUpstream">;

/** Holds the paths as arms want them: each arm's stand beside the other's, so that a block of one waits for nothing. */
export interface PathSwitch {
  /** Of those that are used. */
  names(): readonly string[];
  /** The paths with these options, deployed if they are not there yet. */
  to(options: ArmOptions, signal: AbortSignal): Promise<readonly Path[]>;
  /**
   * Tries the paths through the cluster's own classes, and leaves out for good those that can't be had or don't answer.
   * The workload has to run.
   * @param answers settles once a path answers, and fails with what came instead
   * @throws EnvironmentError if that leaves none at all
   */
  leaveOut(
    options: ArmOptions,
    answers: (path: Path) => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly LeftOutPath[]>;
}

export function pathSwitch(
  cluster: Cluster,
  images: PathImages,
  makers: ReadonlyMap<string, PathMaker>,
  places: Places,
): PathSwitch {
  const used = new Map(makers);
  const made = new Map<boolean, readonly Path[]>();
  return {
    names: () => [...used.keys()].sort(),
    async to(options, signal) {
      const there = made.get(options.nextUpstream);
      if (there) return there;
      const making = [...used.values()].map((make) => make(cluster, images, { ...options, places }, signal));
      const paths = await Promise.all(making);
      made.set(options.nextUpstream, paths);
      return paths;
    },
    async leaveOut(options, answers, signal) {
      const tried = await Promise.all(
        [...used].map(async ([path, make]): Promise<LeftOutPath[]> => {
          if (Object.hasOwn(PATHS, path)) return [];
          const because = await troubleOf(async () => {
            await answers(await make(cluster, images, { ...options, places }, signal));
          });
          return because === undefined ? [] : [{ path, why: { kind: "unusable", because } }];
        }),
      );
      signal.throwIfAborted();
      const out = tried.flat();
      for (const { path } of out) used.delete(path);
      const [first] = out;
      if (used.size === 0 && first?.why.kind === "unusable")
        throw new EnvironmentError(`no path is left: ${first.why.because}`);
      return out;
    },
  };
}

async function troubleOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof EnvironmentError) return reasonOf(error);
    throw error;
  }
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

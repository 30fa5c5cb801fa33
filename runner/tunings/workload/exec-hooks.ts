/** Whether a patch's exec hooks can run in the image that a user's pods have: by running what does nothing, not by the image's name. */
import type { Cluster } from "../../cluster/cluster.ts";
import { execInPod } from "../../cluster/exec.ts";
import type { PodRef } from "../../cluster/pod-ref.ts";
import { oneLine, reasonOf } from "../../errors.ts";
import type { ReadBack } from "../read-back.ts";
import { harmlessTry } from "./harmless-try.ts";
import type { PatchingTuning } from "./read-back.ts";
import { isMap, isNamedList, type JsonMap } from "./tree.ts";

const PATIENCE_MS = 15_000;

/** A live pod: one stands for all of its template. */
export type HookPod = Pick<PodRef, "namespace" | "pod">;

/** What came of trying one; `runs` null: it could not be tried. */
export interface TriedHook {
  readonly tuning: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly runs: boolean | null;
  /** In the words of whoever would not; "" where it runs. */
  readonly says: string;
}

/** Tries the exec hooks of all patches in one live pod. */
export async function tryHooks(
  cluster: Cluster,
  patching: readonly PatchingTuning[],
  pod: HookPod,
): Promise<TriedHook[]> {
  const hooks = patching.flatMap(({ tuning, patch }) =>
    execHooks(patch).map((hook) => ({ tuning: tuning.name, ...hook })),
  );
  return Promise.all(
    hooks.map(async (hook) => ({
      ...hook,
      ...(await tried(cluster, hook.command, { ...pod, container: hook.container })),
    })),
  );
}

async function tried(
  cluster: Cluster,
  command: readonly string[],
  pod: PodRef,
): Promise<Pick<TriedHook, "runs" | "says">> {
  const harmless = harmlessTry(command);
  if (harmless === null) return { runs: null, says: "only the hook itself would show it" };
  try {
    const { exitCode, stderr } = await execInPod(cluster, pod, harmless, { timeoutMs: PATIENCE_MS });
    return { runs: exitCode === 0, says: exitCode === 0 ? "" : oneLine(stderr) || `it ended with ${exitCode}` };
  } catch (error) {
    return { runs: null, says: reasonOf(error) };
  }
}

/** Pure: why a hook is no remedy here, beside who says so. */
export function hookRefusal({ container, command, says }: TriedHook, { pod }: HookPod): string {
  return `the hook ${JSON.stringify(command)} can't run in container ${container} of pod ${pod}: ${says}`;
}

/** Pure: that it ran, beside the fields of its patch; not readable where it could not be tried. */
export function readBackHooks(hooks: readonly TriedHook[], { pod }: HookPod): ReadBack[] {
  return hooks.map(({ tuning, command, runs }) => ({
    ...{ tuning, place: "pods", where: `pod ${pod}` },
    field: `the program of ${JSON.stringify(command)}`,
    wanted: "runs",
    got: runs === null ? null : runs ? "runs" : "does not run",
  }));
}

/** Pure: the hooks that a patch gives containers, as far as they execute something. */
export function execHooks(patch: JsonMap): Array<Pick<TriedHook, "container" | "command">> {
  const containers = at(patch, ["spec", "template", "spec", "containers"]);
  if (!isNamedList(containers)) return [];
  return containers.flatMap((container) =>
    ["preStop", "postStart"].flatMap((hook) => {
      const command = at(container, ["lifecycle", hook, "exec", "command"]);
      return Array.isArray(command) ? [{ container: container.name, command: command.map(String) }] : [];
    }),
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), value);
}

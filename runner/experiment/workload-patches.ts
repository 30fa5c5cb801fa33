import { catalogueNames } from "../tunings/catalogue.ts";
import { isPodSysctl } from "../tunings/sysctl.ts";
import type { Tuning } from "../tunings/tuning.ts";
import type { JsonMap } from "../tunings/workload/tree.ts";
import type { Suite } from "./suite.ts";

type Patching = Pick<Suite, "kinds" | "workloadPatch">;

/** Pure: a tuning as a patch of a Deployment whose container is called web; null: it is nothing of a workload. */
export function workloadPatchOf(suite: Pick<Suite, "workloadPatch">, tuning: Tuning): JsonMap | null {
  if (!isPodSysctl(tuning)) return suite.workloadPatch?.(tuning) ?? null;
  const sysctls = [{ name: tuning.key, value: tuning.value }];
  return { spec: { template: { spec: { securityContext: { sysctls } } } } };
}

/** Names of all tunings of the catalogue that a suite can try on a workload. */
export async function triableNames(suite: Patching): Promise<string[]> {
  const kinds = await suite.kinds();
  const { findTuning } = await import("../tunings/read.ts");
  return catalogueNames().filter((name) => {
    const found = findTuning(name);
    const kind = kinds.find((each) => each.name === found.kind);
    return kind !== undefined && workloadPatchOf(suite, found.as(kind).tuning) !== null;
  });
}

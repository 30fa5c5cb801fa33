/** Of packetwalk's own paths, those that a cluster is too old for. */
import { minorOf } from "../../../runner/analysis/kubernetes/versions.ts";
import type { LeftOutPath } from "../evidence.ts";
import type { PathLeftOut } from "../result/reasons.ts";

/** With the sidecar as an init container that keeps on running, which a kubelet that does not know it waits for without end. */
const NEEDS: Readonly<Record<string, { readonly minor: number; readonly feature: string }>> = {
  "envoy-sidecar": { minor: 29, feature: "native sidecars" },
};

export interface TooOldFor extends LeftOutPath {
  readonly why: Extract<PathLeftOut, { kind: "kubernetes-too-old" }>;
}

/** @param versions of the API server and of kubelets; one that does not say is taken for new enough */
export function tooOldFor(versions: readonly string[]): TooOldFor[] {
  const minors = versions.flatMap((version) => minorOf(version) ?? []);
  const oldest = Math.min(...minors);
  return Object.entries(NEEDS).flatMap(([path, { minor, feature }]) =>
    oldest < minor ? [{ path, why: { kind: "kubernetes-too-old", needs: minor, feature, has: oldest } }] : [],
  );
}

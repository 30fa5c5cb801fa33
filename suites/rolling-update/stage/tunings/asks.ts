import type { V1Deployment } from "@kubernetes/client-node";
import type { Ask } from "../../../../runner/tunings/asks.ts";
import { patchFields, type Step } from "../../../../runner/tunings/workload/patch-fields.ts";
import { MANIFESTS } from "../manifests.ts";
import { mergePatch } from "./merge-patch.ts";

/** Fields of a pod that came with a version of Kubernetes, by a stretch of their path. */
const FEATURES = [{ feature: "preStop sleep", path: ["preStop", "sleep"], alpha: 29, beta: 30 }] as const;

/** What the workload asks of a cluster with this patch: its Deployment, and the pods that come of it. */
export function patchedAsks(patch: object): Ask[] {
  const object = mergePatch(MANIFESTS.object<V1Deployment>("web", "Deployment"), patch);
  const template = object.spec?.template;
  if (!template) throw new Error("manifests/web has no pod template");
  const paths = patchFields(patch).map(({ path }) => path);
  return [
    { kind: "admission", made: { resource: "deployments", object } },
    { kind: "admission", made: { resource: "pods", object: template } },
    ...FEATURES.filter(({ path }) => paths.some((whole) => goesThrough(whole, path))).map(
      ({ feature, alpha, beta }) => ({ kind: "feature", feature, alpha, beta }) as const,
    ),
  ];
}

function goesThrough(whole: readonly Step[], stretch: readonly string[]): boolean {
  return whole.some((_, from) => stretch.every((step, index) => whole[from + index] === step));
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KubernetesObject } from "@kubernetes/client-node";
import { PatchStrategy } from "@kubernetes/client-node";
import { parse, parseAllDocuments } from "yaml";
import type { Cluster } from "./cluster.ts";

const MANIFESTS = fileURLToPath(new URL("../../manifests/", import.meta.url));

/** packetwalk's name on everything that it applies. */
export const FIELD_MANAGER = "packetwalk";

/** Every object of a folder under `manifests/`, in the order of its kustomization's resources. */
export function readManifests(folder: string): KubernetesObject[] {
  const kustomization: unknown = parse(readFileSync(join(MANIFESTS, folder, "kustomization.yaml"), "utf8"));
  const { resources } = kustomization as { resources: string[] };
  return resources.flatMap((file) =>
    parseAllDocuments(readFileSync(join(MANIFESTS, folder, file), "utf8")).map(
      (document) => document.toJS() as KubernetesObject,
    ),
  );
}

/** One object of such a folder, by kind. The type is the caller's claim about the file in this repository. */
export function readManifest<T extends KubernetesObject>(folder: string, kind: string): T {
  const found = readManifests(folder).find((each) => each.kind === kind);
  if (!found) throw new Error(`manifests/${folder} has no ${kind}`);
  return found as T;
}

/** Server-side apply: creates the object or brings the fields that are ours to what it says. */
export async function apply<T extends KubernetesObject>(cluster: Cluster, object: T): Promise<T> {
  return cluster.objects.patch(object, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply);
}

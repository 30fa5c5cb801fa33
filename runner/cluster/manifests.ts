import { readFileSync } from "node:fs";
import type { KubernetesObject } from "@kubernetes/client-node";
import { PatchStrategy } from "@kubernetes/client-node";
import { parse, parseAllDocuments } from "yaml";
import { withUsersOf } from "./assigned-users.ts";
import type { Cluster } from "./cluster.ts";
import { beforeApply, ownedByLent } from "./lent-namespace.ts";
import { madeByRun, marked } from "./ours.ts";
import { outsideMeshes } from "./outside-meshes.ts";
import { inOwnNamespace } from "./own-namespace.ts";
import { pullingWith } from "./pull-secret.ts";

/** packetwalk's name on everything that it applies. */
export const FIELD_MANAGER = "packetwalk";

/** The files of one `manifests/` folder: each kustomization in it is a folder. */
export interface Manifests {
  /** Every object of a folder, in the order of its kustomization's resources. */
  objects(folder: string): KubernetesObject[];
  /** One object of a folder, by kind. The type is the caller's claim about the file in this repository. */
  object<T extends KubernetesObject>(folder: string, kind: string): T;
  /** Any other file, by its path below `manifests/`. */
  text(path: string): string;
}

/** @param root ends with a slash */
export function manifestsIn(root: URL): Manifests {
  const text = (path: string) => readFileSync(new URL(path, root), "utf8");
  const objects = (folder: string) => {
    const { resources } = parse(text(`${folder}/kustomization.yaml`)) as { resources: string[] };
    return resources.flatMap((file) =>
      parseAllDocuments(text(`${folder}/${file}`)).map((document) =>
        outsideMeshes(document.toJS() as KubernetesObject),
      ),
    );
  };
  return {
    text,
    objects,
    object<T extends KubernetesObject>(folder: string, kind: string) {
      const found = objects(folder).find((each) => each.kind === kind);
      if (!found) throw new Error(`manifests/${folder} has no ${kind}`);
      return found as T;
    },
  };
}

/** What several suites use. */
export const SHARED = manifestsIn(new URL("../../manifests/", import.meta.url));

/** Server-side apply, in the cluster's namespace of ours: creates the object or brings the fields that are ours to what it says. */
export async function apply<T extends KubernetesObject>(cluster: Cluster, object: T): Promise<T> {
  const placed = inOwnNamespace(await withUsersOf(cluster, object), cluster.namespace);
  const own = madeByRun(marked(placed), cluster.run);
  const sent = cluster.pullSecret && own.kind === "ServiceAccount" ? (pullingWith(own) as T) : own;
  await beforeApply(cluster, sent);
  return cluster.objects.patch(
    ownedByLent(cluster, sent),
    undefined,
    undefined,
    FIELD_MANAGER,
    true,
    PatchStrategy.ServerSideApply,
  );
}

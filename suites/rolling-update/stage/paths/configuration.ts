import { createHash } from "node:crypto";
import type { V1ConfigMap } from "@kubernetes/client-node";
import { WRITTEN_NAMESPACE } from "../../../../runner/cluster/own-namespace.ts";
import { MANIFESTS } from "../manifests.ts";

/** A proxy's configuration: contents of files by their names. */
export type Configuration = Readonly<Record<string, string>>;

/** Files of a folder under `manifests/`. */
export function configurationFiles(folder: string, names: readonly string[]): Configuration {
  return Object.fromEntries(names.map((name) => [name, MANIFESTS.text(`${folder}/${name}`)]));
}

export function configMapOf(name: string, data: Configuration): V1ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: WRITTEN_NAMESPACE }, data };
}

/** An annotation for a pod's template: proxies read their files once, so another configuration is another pod. */
export function configurationDigest(configuration: Configuration): Record<string, string> {
  const digest = createHash("sha256").update(JSON.stringify(configuration)).digest("hex").slice(0, 16);
  return { "packetwalk.dev/configuration": digest };
}

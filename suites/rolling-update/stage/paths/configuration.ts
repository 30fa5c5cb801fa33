import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { V1ConfigMap } from "@kubernetes/client-node";
import { NAMESPACE } from "../../../../runner/workloads/namespace.ts";

/** A proxy's configuration: contents of files by their names. */
export type Configuration = Readonly<Record<string, string>>;

/** Files of a folder under `manifests/`. */
export function configurationFiles(folder: string, names: readonly string[]): Configuration {
  const url = new URL(`../../../manifests/${folder}/`, import.meta.url);
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, url), "utf8")]));
}

export function configMapOf(name: string, data: Configuration): V1ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: NAMESPACE }, data };
}

/** An annotation for a pod's template: proxies read their files once, so another configuration is another pod. */
export function configurationDigest(configuration: Configuration): Record<string, string> {
  const digest = createHash("sha256").update(JSON.stringify(configuration)).digest("hex").slice(0, 16);
  return { "packetwalk.dev/configuration": digest };
}

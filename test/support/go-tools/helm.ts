import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The nightly chart's folder. */
export const CHART = fileURLToPath(new URL("../../../manifests/nightly/helm", import.meta.url));

export type HelmEnvironment = Readonly<Record<string, string>>;

/** Keeps what Helm writes, and what it may read of a user's, in a folder. */
export function helmEnvironment(folder: string): HelmEnvironment {
  const names = ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"];
  return Object.fromEntries(names.map((name) => [name, join(folder, name)]));
}

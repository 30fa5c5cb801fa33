import { rm } from "node:fs/promises";
import { removeCgroups } from "./machine/cgroups.ts";
import { unmountBelow } from "./machine/mounts.ts";
import { removeNamespaces } from "./machine/namespaces.ts";
import { killLabProcesses } from "./machine/processes.ts";
import { labFiles } from "./paths.ts";

/**
 * Removes all that a lab consists of, found by its names alone, so that it works on half a lab and without its record.
 * The state directory goes last: while anything is left, it says that there is something.
 */
export async function tearDown(name: string, update: (detail: string) => void): Promise<void> {
  const { root } = labFiles(name);
  await killLabProcesses(name, update);
  update("mounts, namespaces, cgroups");
  await unmountBelow(root);
  await removeNamespaces(name);
  await removeCgroups(name);
  update("files");
  await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

import { readFile } from "node:fs/promises";

/** The worker with all its libraries as one CommonJS file: as the build made it, or made now where the sources run. */
export async function nodeWorkerBundle(): Promise<string> {
  const built = await readFile(new URL("node-worker.cjs", import.meta.url), "utf8").catch(() => undefined);
  return built ?? (await import("../../build/bundle.mjs")).bundleNodeWorker();
}

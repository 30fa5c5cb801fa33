import { readFile } from "node:fs/promises";

/**
 * A suite's k6 script with all that it imports in one JavaScript text: as the build made it, or made now where the sources run.
 * @param file its TypeScript source
 * @throws Error with esbuild's message where the script does not compile
 */
export async function bundledScript(file: string): Promise<string> {
  const built = await readFile(file.replace(/\.ts$/, ".js"), "utf8").catch(() => undefined);
  return built ?? (await import("../../build/bundle.mjs")).bundleK6Script(file);
}

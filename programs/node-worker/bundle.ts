import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("main.ts", import.meta.url));

/** The worker with all its libraries as one CommonJS file for Node 20 or newer. Equal sources give equal text. */
export async function bundleNodeWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    // CommonJS: most libraries are, and loading it needs no thread of the pool that looks names up.
    format: "cjs",
    legalComments: "eof",
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild gave no file for the Node worker");
  return file.text;
}

// @ts-check
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The load worker with all its libraries as one CommonJS file for Node 20 or newer. Equal sources give equal text. */
export function bundleNodeWorker() {
  return bundle({
    entryPoints: [fileURLToPath(new URL("../programs/node-worker/main.ts", import.meta.url))],
    absWorkingDir: ROOT,
    platform: "node",
    target: "node20",
    // CommonJS: most libraries are, and loading it needs no thread of the pool that looks names up.
    format: "cjs",
    legalComments: "eof",
  });
}

/**
 * A k6 script with all that it imports in one JavaScript text, as a ConfigMap can hold it; k6's own modules stay imports.
 * @param {string} file
 */
export function bundleK6Script(file) {
  return bundle({ entryPoints: [file], format: "esm", target: "es2022", external: ["k6", "k6/*"] });
}

/**
 * The same of a script of a user's, with what it says to k6: what it imports that is not in the text, and what it exports.
 * @param {string} file
 */
export async function readK6Script(file) {
  const { outputFiles, metafile } = await build({
    ...{ entryPoints: [file], format: "esm", target: "es2022", external: ["k6", "k6/*"] },
    ...{ bundle: true, write: false, metafile: true, outfile: "script.js", logLevel: "silent" },
  });
  const [made] = Object.values(metafile.outputs);
  const [text] = outputFiles;
  if (made === undefined || text === undefined) throw new Error(`esbuild gave no file for ${file}`);
  const imports = made.imports.filter(({ external }) => external).map(({ path }) => path);
  return { text: text.text, imports, exports: made.exports };
}

/**
 * @param {import("esbuild").BuildOptions} options
 * @throws Error with esbuild's message where it does not compile
 */
async function bundle(options) {
  const { outputFiles = [] } = await build({ ...options, bundle: true, write: false, logLevel: "silent" });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error(`esbuild gave no file for ${options.entryPoints}`);
  return text;
}

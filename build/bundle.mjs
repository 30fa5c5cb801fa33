// @ts-check
import { resolve } from "node:path";
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
 * @param {string | null} exec one of its functions, which becomes the default one, without the script's own load; null: as it is
 */
export async function readK6Script(file, exec = null) {
  const entry = exec === null ? { entryPoints: [file] } : { stdin: { contents: around(file, exec), resolveDir: ROOT } };
  const { outputFiles, metafile } = await build({
    ...{ ...entry, format: "esm", target: "es2022", external: ["k6", "k6/*"] },
    ...{ bundle: true, write: false, metafile: true, outfile: "script.js", logLevel: "silent" },
  });
  const [made] = Object.values(metafile.outputs);
  const [text] = outputFiles;
  if (made === undefined || text === undefined) throw new Error(`esbuild gave no file for ${file}`);
  const imports = made.imports.filter(({ external }) => external).map(({ path }) => path);
  return { text: text.text, imports, exports: made.exports };
}

/**
 * A script around another: what it exports itself stands before what it exports of that one.
 * @param {string} file
 * @param {string} exec
 */
function around(file, exec) {
  const script = JSON.stringify(resolve(file));
  return [
    `import * as script from ${script};`,
    `export * from ${script};`,
    `export { ${exec} as default } from ${script};`,
    "const { scenarios, stages, duration, iterations, vus, ...options } = script.options ?? {};",
    "export { options };",
  ].join("\n");
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

// @ts-check
/**
 * dist/ is a mirror of all that packetwalk runs from: TypeScript is compiled, everything else is copied. Each file there has
 * the time of its source. So whatever was edited, added or removed since is seen without a record of its own, and of two
 * that compile at once none can leave an old file that looks new.
 */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const DIST = join(ROOT, "dist");
const FOLDERS = ["manifests", "programs", "reports", "runner", "suites"];
/** Not part of what runs: tests, words, types, and settings of tools. */
const LEFT_OUT = /(^|\/)\.|_test\.go$|\/testdata\/|\.md$|\.d\.ts$|\/tsconfig[^/]*$/;
/** k6 has a runtime and libraries of its own: of its scripts there is a bundle beside each source. */
const OF_K6 = /^suites\/[^/]+\/k6\/.*\.ts$/;
/** Programs for a package (pack.mjs). They go as soon as anything changes, since it may be theirs. */
export const PACKED = "packed";
/** What else decides how dist/ looks: a change there makes all of it anew. */
const MAKERS = ["build/bundle.mjs", "build/compile.mjs", "package.json", "node_modules/.package-lock.json"];
const MADE_BY = "made-by.json";
const DRAFT = ".new";
const DRAFT_LASTS_MS = 60_000;

/** @typedef {{ readonly from: string, readonly ms: number }} Source path below the root, and when it was changed */
/** @typedef {{ readonly to: string, make(): Promise<string> }} Bundle */

/**
 * Brings dist/ up to date, which costs a few milliseconds where it is.
 * @param {(line: string) => void} say is told before it takes longer
 */
export async function compile(say) {
  const sources = filesIn(ROOT, FOLDERS);
  /** @type {Map<string, Source>} by path in dist/ */
  const wanted = new Map();
  for (const [from, ms] of sources) if (!LEFT_OUT.test(from)) wanted.set(outputOf(from), { from, ms });
  const newestMs = Math.max(...sources.values());
  const bundles = bundlesOf([...sources.keys()]);
  const there = filesIn(DIST, [""]);
  const madeBy = JSON.stringify(
    MAKERS.map((path) => fs.statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs),
  );
  const anew = read(join(DIST, MADE_BY)) !== madeBy;

  const stale = [...wanted].filter(([to, { ms }]) => anew || there.get(to) !== ms);
  const staleBundles = bundles.filter(({ to }) => there.get(to) !== newestMs);
  const kept = new Set([...wanted.keys(), ...bundles.map(({ to }) => to), MADE_BY, "package.json"]);
  const gone = [...there.keys()].filter((path) => !kept.has(path) && !path.startsWith(`${PACKED}/`));
  if (stale.length + staleBundles.length + gone.length === 0) return;

  say(`compiling ${stale.length} of ${wanted.size} files into dist/`);
  fs.rmSync(join(DIST, PACKED), { recursive: true, force: true });
  // First, since they are made of the files below: while one of those is stale, they are made again.
  for (const { to, make } of bundles) write(to, await make(), newestMs);
  const compiled = await transpile(stale.map(([, { from }]) => from).filter(isCompiled));
  for (const [to, { from, ms }] of stale) {
    write(to, compiled.get(from) ?? fs.readFileSync(join(ROOT, from)), ms);
  }
  for (const path of gone) fs.rmSync(join(DIST, path), { force: true });
  const { name, version, type } = JSON.parse(fs.readFileSync(join(ROOT, "package.json"), "utf8"));
  write("package.json", JSON.stringify({ name, version, type }));
  write(MADE_BY, madeBy);
}

/** @param {string} path */
const isCompiled = (path) => path.endsWith(".ts") && !OF_K6.test(path);

/** @param {string} path */
const outputOf = (path) => (isCompiled(path) ? path.replace(/\.ts$/, ".js") : path);

/**
 * @param {readonly string[]} sources
 * @returns {Bundle[]}
 */
function bundlesOf(sources) {
  const bundler = () => import("./bundle.mjs");
  const scripts = sources.filter((path) => OF_K6.test(path) && path.endsWith(".k6.ts"));
  return [
    { to: "programs/node-worker/node-worker.cjs", make: async () => (await bundler()).bundleNodeWorker() },
    ...scripts.map((path) => ({
      to: path.replace(/\.ts$/, ".js"),
      make: async () => (await bundler()).bundleK6Script(join(ROOT, path)),
    })),
  ];
}

/**
 * Each file by itself: types go, and imports name the compiled files.
 * @param {readonly string[]} paths
 * @returns {Promise<Map<string, Uint8Array>>}
 */
async function transpile(paths) {
  if (paths.length === 0) return new Map();
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(paths.map((path) => [path, join(ROOT, path)])),
    outdir: DIST,
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [{ name: "imports", setup: ({ onResolve }) => onResolve({ filter: /./ }, importOf) }],
  });
  return new Map(outputFiles.map(({ path, contents }) => [path.slice(DIST.length + 1, -".js".length), contents]));
}

/**
 * @param {import("esbuild").OnResolveArgs} args
 * @returns {import("esbuild").OnResolveResult | undefined}
 */
function importOf({ kind, path }) {
  if (kind === "entry-point") return undefined;
  return { external: true, path: path.startsWith(".") ? path.replace(/\.ts$/, ".js") : path };
}

/**
 * All files below some folders, by path below the root, with the millisecond of their last change.
 * @param {string} root
 * @param {readonly string[]} folders
 * @returns {Map<string, number>}
 */
function filesIn(root, folders) {
  const found = new Map();
  /** @param {string} folder */
  const walk = (folder) => {
    for (const entry of fs.readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        walk(path);
        continue;
      }
      const stat = fs.statSync(join(root, path), { throwIfNoEntry: false });
      // What another process is writing, or has just put in its place; a draft of a killed one goes after a while.
      if (!stat || (path.endsWith(DRAFT) && Date.now() - stat.ctimeMs < DRAFT_LASTS_MS)) continue;
      found.set(path, Math.floor(stat.mtimeMs));
    }
  };
  for (const folder of folders) if (fs.existsSync(join(root, folder))) walk(folder);
  return found;
}

/**
 * Whoever reads it meanwhile finds the old file or the new one, whole.
 * @param {string} to
 * @param {string | Uint8Array} contents
 * @param {number} [ms]
 */
function write(to, contents, ms) {
  const path = join(DIST, to);
  const draft = `${path}.${process.pid}${DRAFT}`;
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(draft, contents);
  // The middle of the millisecond: a fraction of a second is not exact enough to hit its beginning.
  if (ms !== undefined) fs.utimesSync(draft, (ms + 0.5) / 1000, (ms + 0.5) / 1000);
  fs.renameSync(draft, path);
}

/** @param {string} path */
function read(path) {
  return fs.existsSync(path) ? fs.readFileSync(path, "utf8") : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await compile((line) => process.stderr.write(`packetwalk: ${line}\n`));
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

/** Path and text of each file. */
export type Tree = Readonly<Record<string, string>>;

const VALUE = "export const value = 1;\nexport interface Shape {}\n";

/** A small tree with packetwalk's layers and two suites, in which every import is allowed. */
export const SOUND: Tree = {
  "package.json":
    '{ "dependencies": { "execa": "1", "@stdlib/quantile": "1" }, "devDependencies": { "esbuild": "1" } }',
  "node_modules/esbuild/package.json": '{ "name": "esbuild", "main": "index.js" }',
  "node_modules/esbuild/index.js": "",
  "node_modules/@stdlib/quantile/package.json": '{ "name": "@stdlib/quantile", "main": "index.js" }',
  "node_modules/@stdlib/quantile/index.js": "",
  "node_modules/execa/package.json": '{ "name": "execa", "main": "index.js" }',
  "node_modules/execa/index.js": "",

  "runner/errors.ts": VALUE,
  "runner/result/schema.ts": VALUE,
  "runner/analysis/verdict/decide.ts": `import "@stdlib/quantile"; import "node:zlib"; import "../../result/schema.ts"; ${VALUE}`,
  "runner/cluster/cluster.ts": `import "execa"; import "../errors.ts"; ${VALUE}`,
  "runner/delivery/depot.ts": `import "../cluster/cluster.ts"; ${VALUE}`,
  "runner/preflight/read.ts": `import "../cluster/cluster.ts"; import "../analysis/verdict/decide.ts"; ${VALUE}`,
  "runner/doctor/checks/registry.ts": `import "../state.ts"; import "../../analysis/verdict/decide.ts"; ${VALUE}`,
  "runner/doctor/state.ts": VALUE,
  "runner/doctor/read/read.ts": `import "../state.ts"; import "../../cluster/cluster.ts"; import "../../errors.ts"; ${VALUE}`,
  "runner/workloads/web.ts": `import "../cluster/cluster.ts"; ${VALUE}`,
  "runner/probes/sysctl.ts": `import "../cluster/cluster.ts"; import "../delivery/depot.ts"; ${VALUE}`,
  "runner/tunings/apply.ts": `import "../probes/sysctl.ts"; import type {} from "../workloads/web.ts"; ${VALUE}`,
  "runner/faults/pod.ts": `import "../probes/sysctl.ts"; ${VALUE}`,
  "runner/load/schedule/schedule.ts": VALUE,
  "runner/load/load.ts": `
    import "../workloads/web.ts"; import "../delivery/depot.ts"; import "../analysis/verdict/decide.ts"; import "./schedule/schedule.ts";
    import "../../programs/node-worker/spec.ts"; ${VALUE}`,
  "runner/undo/journal.ts": `import "../tunings/apply.ts"; ${VALUE}`,
  "runner/experiment/compare.ts": `
    import "../load/load.ts"; import "../faults/pod.ts"; import "../undo/journal.ts";
    import "../analysis/verdict/decide.ts"; ${VALUE}`,
  "runner/web-load/stage.ts": `import "../experiment/compare.ts"; ${VALUE}`,
  "runner/lab/up.ts": `import "../workloads/web.ts"; import "./builds/go.ts"; ${VALUE}`,
  "runner/lab/builds/go.ts": VALUE,
  "runner/programs/source.ts": `
    import type {} from "../delivery/depot.ts"; import "../lab/builds/go.ts"; import "../../programs/node-worker/bundle.ts";
    ${VALUE}`,
  "runner/cli/main.ts": `
    import { SUITES } from "../../suites/index.ts"; import "../experiment/compare.ts";
    import "../preflight/read.ts"; import "../doctor/checks/registry.ts"; import "../doctor/read/read.ts"; import "../programs/source.ts"; const up = () => import("../lab/up.ts"); const write = () => import("../../reports/write.ts");`,

  "programs/node-worker/spec.ts": `import "../../runner/result/schema.ts"; ${VALUE}`,
  "programs/node-worker/bundle.ts": VALUE,
  "programs/node-worker/main.ts": 'import "./spec.ts"; import "../../runner/load/schedule/schedule.ts";',

  "reports/write.ts": 'import "./html/page.ts"; import "../runner/result/schema.ts";',
  "reports/html/markup.ts": VALUE,
  "reports/html/page.ts": 'import "./markup.ts"; import { SUITES } from "../../suites/index.ts";',

  "suites/define-suite.ts": `import type {} from "../runner/experiment/compare.ts"; ${VALUE}`,
  "suites/registry.ts": 'import "./storm/suite.ts"; import "./update/suite.ts";',
  "suites/index.ts": 'import type {} from "./define-suite.ts"; import "./registry.ts"; export const SUITES = [];',
  "suites/storm/evidence.ts": `import "../../runner/result/schema.ts"; ${VALUE}`,
  "suites/storm/analysis/causes.ts": `
    import type { Shape } from "../stage/stage.ts"; import type { Shape as Fault } from "../../../runner/faults/pod.ts";
    import "../evidence.ts"; import "../../../runner/analysis/verdict/decide.ts"; ${VALUE}`,
  "suites/storm/stage/stage.ts": `
    import "../evidence.ts"; import "../../../runner/cluster/cluster.ts"; import "../../../runner/experiment/compare.ts";
    ${VALUE}`,
  "suites/storm/report/section.ts": `
    import "../evidence.ts"; import "../analysis/causes.ts"; import "../../../reports/html/markup.ts"; ${VALUE}`,
  "suites/storm/suite.ts": `
    const stage = () => import("./stage/stage.ts"); const section = () => import("./report/section.ts"); ${VALUE}`,
  "suites/update/suite.ts": `import "../../runner/load/load.ts"; ${VALUE}`,
};

const folder = mkdtempSync(join(tmpdir(), "packetwalk-structure-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Lays the tree into a folder of its own for as long as the tests run. @returns the folder */
export function laid(tree: Tree): string {
  const root = mkdtempSync(join(folder, "tree-"));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

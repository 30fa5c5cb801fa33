import type { Tree } from "./tree.ts";

/** What plants import and the sound tree has no use for. */
export const TARGETS: Tree = {
  "test/support.ts": "",
  "runner/helpers/retry.ts": "",
  "runner/faults/rollouts.ts": "",
  "reports/html/odds-chart.ts": "",
  "suites/update/stage/names.ts": "export const value = 1;",
  "suites/update/report/words.ts": "",
};

export interface Plant {
  readonly rule: string;
  /** A file of its own, or what is added to one of the sound tree. */
  readonly path: string;
  readonly text: string;
}

/** Each breaks its rule and no other. */
export const PLANTS: readonly Plant[] = [
  plant("every-import-is-found", "runner/cluster/exec.ts", 'import "./moved-away.ts";'),
  plant("no-cycles", "runner/cluster/wait.ts", 'import "./wait.ts";'),
  plant("no-tests-in-product", "runner/cluster/facts.ts", 'import "../../test/support.ts";'),

  plant("no-build-tool-at-run-time", "runner/load/script.ts", 'const late = () => import("esbuild");'),

  plant("no-suite-imports-another", "suites/update/arms.ts", 'import "../storm/evidence.ts";'),
  plant(
    "no-suite-imports-another",
    "suites/update/stage/late.ts",
    'const late = () => import("../../storm/suite.ts");',
  ),
  plant(
    "no-suite-imports-another",
    "suites/update/analysis/a.ts",
    'import type {} from "../../storm/analysis/causes.ts";',
  ),

  plant("suites-only-through-the-registry", "runner/cli/open.ts", 'import "../../suites/storm/suite.ts";'),
  plant("suites-only-through-the-registry", "runner/result/all.ts", 'export * from "../../suites/storm/evidence.ts";'),
  plant("suites-only-through-the-registry", "reports/html/storm.ts", 'import "../../suites/storm/report/section.ts";'),
  plant(
    "suites-only-through-the-registry",
    "runner/cli/k6.ts",
    'import type {} from "../../suites/storm/evidence.ts";',
  ),

  plant("analysis-does-no-io", "runner/analysis/file.ts", 'import "node:fs";'),
  plant("analysis-does-no-io", "runner/analysis/files.ts", 'import { readFile } from "fs/promises";'),
  plant("analysis-does-no-io", "suites/storm/analysis/run.ts", 'const late = () => import("execa");'),
  plant("analysis-runs-alone", "suites/storm/analysis/b.ts", 'import { value } from "../../../runner/load/load.ts";'),
  plant(
    "analysis-runs-alone",
    "suites/storm/analysis/c.ts",
    'export { value } from "../../../runner/probes/sysctl.ts";',
  ),
  plant("analysis-runs-alone", "suites/update/analysis/d.ts", 'import { value } from "../stage/names.ts";'),
  // A value and a type from one file: the file is needed at run time.
  plant(
    "analysis-runs-alone",
    "suites/update/analysis/e.ts",
    'import type { Shape } from "../../../runner/faults/pod.ts"; import { value } from "../../../runner/faults/pod.ts";',
  ),
  plant(
    "analysis-runs-alone",
    "suites/update/analysis/f.ts",
    'const pod: typeof import("../../../runner/faults/pod.ts") = await import("../../../runner/faults/pod.ts");',
  ),

  plant("suite-evidence-stands-alone", "suites/update/evidence.ts", 'import type {} from "./stage/names.ts";'),
  plant("suite-report-only-draws", "suites/storm/report/live.ts", 'import "../stage/stage.ts";'),
  plant("no-way-back-to-the-report", "suites/update/analysis/g.ts", 'import type {} from "../report/words.ts";'),
  plant("no-way-back-to-the-report", "suites/update/stage/draw.ts", 'import "../report/words.ts";'),

  plant("basics-at-the-bottom", "runner/progress.ts", 'import "./cluster/cluster.ts";'),
  plant("result-at-the-bottom", "runner/result/causes.ts", 'import "../errors.ts";'),
  plant("analysis-on-result", "runner/analysis/holm.ts", 'import type {} from "../cluster/cluster.ts";'),
  plant("cluster-below-its-users", "runner/cluster/pods.ts", 'import "../workloads/web.ts";'),
  plant("delivery-on-cluster", "runner/delivery/equip.ts", 'import "../probes/sysctl.ts";'),
  plant("preflight-on-cluster", "runner/preflight/access.ts", 'import "../load/load.ts";'),
  plant("prometheus-on-cluster", "runner/prometheus/client.ts", 'import "../probes/sysctl.ts";'),
  plant("doctor-judges-alone", "runner/doctor/checks/pods.ts", 'import type {} from "../../cluster/cluster.ts";'),
  plant("doctor-judges-alone", "runner/doctor/checks/nodes.ts", 'import "../read/read.ts";'),
  plant("doctor-reads-the-cluster", "runner/doctor/read/nodes.ts", 'import "../../faults/pod.ts";'),
  plant("doctor-does-no-io", "runner/doctor/checks/file.ts", 'import "node:fs";'),
  plant("workloads-on-cluster", "runner/workloads/images.ts", 'import "../probes/sysctl.ts";'),
  plant("probes-on-cluster", "runner/probes/agents.ts", 'import "../tunings/apply.ts";'),
  plant("tunings-on-probes", "runner/tunings/arms.ts", 'import "../faults/pod.ts";'),
  plant("faults-on-probes", "runner/faults/settle.ts", 'import "../load/load.ts";'),
  plant("load-on-workloads", "runner/load/job.ts", 'import "../experiment/compare.ts";'),
  plant("load-on-workloads", "runner/load/merge.ts", 'import "../../programs/node-worker/main.ts";'),
  plant("undo-on-tunings", "runner/undo/restore.ts", 'import "../experiment/compare.ts";'),
  plant("experiment-on-kits", "runner/experiment/order.ts", 'import "../../suites/index.ts";'),
  plant("experiment-on-kits", "runner/experiment/advice.ts", 'import "../../reports/html/markup.ts";'),
  // A folder that stands in no layer.
  plant("experiment-on-kits", "runner/experiment/again.ts", 'import "../helpers/retry.ts";'),
  plant("web-load-on-experiment", "runner/web-load/life.ts", 'import "../lab/up.ts";'),
  plant("definition-on-experiment", "suites/define-suite.ts", 'import "../runner/lab/up.ts";'),
  plant("programs-from-their-builds", "runner/programs/agent.ts", 'import "../lab/up.ts";'),
  plant("plan-reads-files-alone", "runner/rehearsal/plan/read.ts", 'import "../../cluster/cluster.ts";'),
  plant("rehearsal-runs-on-experiment", "runner/rehearsal/run/stage.ts", 'import "../../lab/up.ts";'),
  plant("history-on-result", "runner/history/store.ts", 'import "../cluster/cluster.ts";'),
  plant("lab-alone", "runner/lab/down.ts", 'import "../experiment/compare.ts";'),
  plant("suite-evidence-on-result", "suites/update/result/load.ts", 'import "../../../runner/load/load.ts";'),
  plant(
    "suite-analysis-on-analysis",
    "suites/update/analysis/h.ts",
    'import type {} from "../../../runner/lab/up.ts";',
  ),
  plant("suite-report-on-drawing-kits", "suites/storm/report/pods.ts", 'import "../../../runner/cluster/cluster.ts";'),
  plant("suite-on-experiment", "suites/update/stage/all.ts", 'import type {} from "../../registry.ts";'),
  plant("suite-on-experiment", "suites/update/stage/html.ts", 'import "../../../reports/html/markup.ts";'),
  plant("suite-on-experiment", "suites/update/stage/lab.ts", 'import "../../../runner/lab/up.ts";'),
  plant("registry-on-suites", "suites/index.ts", 'import "../reports/html/markup.ts";'),
  plant("reports-on-result", "reports/html/live.ts", 'import "../../runner/cluster/cluster.ts";'),
  plant("programs-on-result", "programs/node-worker/load.ts", 'import "../../runner/load/load.ts";'),
  plant("cli-on-top", "runner/cli/bundle.ts", 'import "../../programs/node-worker/bundle.ts";'),
];

function plant(rule: string, path: string, text: string): Plant {
  return { rule, path, text };
}

/** The tree with these plants in it. */
export function withPlants(tree: Tree, plants: readonly Plant[]): Tree {
  const planted = plants.map(({ path, text }) => [path, `${tree[path] ?? ""}\n${text}\n`] as const);
  return { ...tree, ...Object.fromEntries(planted) };
}

/**
 * The layers, from the bottom up. A layer imports its own files and what is listed; types count as well. The parts of a
 * suite come after the runner's layers that they stand on. All paths are regular expressions from the root of the tree.
 */
export interface Layer {
  readonly name: string;
  readonly path: string;
  readonly mayImport: readonly string[];
  /** One sentence for whoever broke the rule. */
  readonly comment: string;
}

/** Errors, progress, folders: what every layer may need. */
const BASICS = "runner/[^/]+\\.ts$";
/** Words of others, for a terminal or a page. */
const PRINTABLE = "runner/printable\\.ts$";
/** A word of a command that people copy. */
const SHELL_WORD = "runner/shell-word\\.ts$";
const RESULT = "runner/result/";
const ANALYSIS = "runner/analysis/";
const CLUSTER = "runner/cluster/";
const DELIVERY = "runner/delivery/";
const WORKLOADS = "runner/workloads/";
const PROBES = "runner/probes/";
const TUNINGS = "runner/tunings/";
const FAULTS = "runner/faults/";
const LOAD = "runner/load/";
const UNDO = "runner/undo/";
const PREFLIGHT = "runner/preflight/";
const DOCTOR = "runner/doctor/";
const PROMETHEUS = "runner/prometheus/";
const EXPERIMENT = "runner/experiment/";
const WEB_LOAD = "runner/web-load/";
const REHEARSAL = "runner/rehearsal/";
const HISTORY = "runner/history/";
const LAB = "runner/lab/";
const PROGRAMS = "runner/programs/";
const PLAN_SCHEMA = "runner/rehearsal/plan/schema\\.ts$";
const KITS = [DELIVERY, WORKLOADS, PROBES, TUNINGS, FAULTS, LOAD, UNDO, PREFLIGHT];
const DRAWING_KITS = [
  "reports/html/",
  "reports/terminal/",
  "reports/view/",
  "reports/words/",
  "reports/suite-report\\.ts$",
];
/** What joins the parts of a suite. */
const DEFINE = "suites/define-suite\\.ts$";
const REGISTRY = "suites/(registry|index)\\.ts$";
/** What the runner and the programs in pods say to each other. */
const PROTOCOL = ["programs/node-worker/spec\\.ts$", "programs/node-worker/undici/timeline\\.ts$"];
/** A suite's own part of the result; analysis and report read it. */
export const EVIDENCE = "(evidence\\.ts$|result/)";

export const LAYERS: readonly Layer[] = [
  {
    name: "basics-at-the-bottom",
    path: BASICS,
    mayImport: [],
    comment: "What lies in runner/ itself serves every layer, so it may import none.",
  },
  {
    name: "result-at-the-bottom",
    path: RESULT,
    mayImport: [],
    comment: "runner/result says what a result looks like; everything stands on it, so it imports only its own files.",
  },
  {
    name: "analysis-on-result",
    path: ANALYSIS,
    mayImport: [RESULT],
    comment:
      "runner/analysis works on results alone: it may import only runner/result, and types from elsewhere go there.",
  },
  {
    name: "cluster-below-its-users",
    path: CLUSTER,
    mayImport: [BASICS, RESULT],
    comment: "runner/cluster speaks with Kubernetes and knows nothing of what is staged there.",
  },
  {
    name: "delivery-on-cluster",
    path: DELIVERY,
    mayImport: [BASICS, RESULT, CLUSTER],
    comment: "runner/delivery brings our programs into pods: of the runner it may import only cluster and result.",
  },
  {
    name: "workloads-on-cluster",
    path: WORKLOADS,
    mayImport: [BASICS, RESULT, CLUSTER],
    comment: "runner/workloads puts pods into a cluster: of the runner it may import only cluster and result.",
  },
  {
    name: "probes-on-cluster",
    path: PROBES,
    mayImport: [BASICS, RESULT, CLUSTER, DELIVERY],
    comment: "runner/probes reads a cluster: of the kits it may import only delivery, which brings its agent there.",
  },
  {
    name: "tunings-on-probes",
    path: TUNINGS,
    mayImport: [BASICS, RESULT, CLUSTER, WORKLOADS, PROBES],
    comment: "runner/tunings changes what probes read back: of the kits it may import only probes and workloads.",
  },
  {
    name: "faults-on-probes",
    path: FAULTS,
    mayImport: [BASICS, RESULT, CLUSTER, PROBES],
    comment: "runner/faults breaks what probes watch: of the kits it may import only probes.",
  },
  {
    name: "load-on-workloads",
    path: LOAD,
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER, DELIVERY, WORKLOADS, ...PROTOCOL],
    comment:
      "runner/load runs generators: of the kits it may import only delivery and workloads, and of a program only its protocol.",
  },
  {
    name: "undo-on-tunings",
    path: UNDO,
    mayImport: [BASICS, RESULT, CLUSTER, DELIVERY, PROBES, TUNINGS, FAULTS],
    comment: "runner/undo takes back what was changed: of the kits it may import only probes, tunings and faults.",
  },
  {
    name: "preflight-on-cluster",
    path: PREFLIGHT,
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER, WORKLOADS, TUNINGS],
    comment: "runner/preflight looks at a cluster before anything runs there: it stages nothing and starts nothing.",
  },
  {
    name: "prometheus-on-cluster",
    path: PROMETHEUS,
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER],
    comment:
      "runner/prometheus asks the user's Prometheus and writes to it: what a rehearsal makes of that, it can't know.",
  },
  {
    name: "doctor-judges-alone",
    path: "runner/doctor/(?!read/)",
    mayImport: [RESULT, ANALYSIS, SHELL_WORD],
    comment: "Doctor's checks judge what was read: they are pure, and only runner/doctor/read speaks with a cluster.",
  },
  {
    name: "doctor-reads-the-cluster",
    path: "runner/doctor/read/",
    mayImport: [BASICS, RESULT, CLUSTER, PROBES, DOCTOR],
    comment:
      "runner/doctor/read turns what the API and probes say into doctor's own words; it changes and judges nothing.",
  },
  {
    name: "experiment-on-kits",
    path: EXPERIMENT,
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER, ...KITS],
    comment: "runner/experiment runs any suite with the kits below it; it imports no command, lab, report or program.",
  },
  {
    name: "web-load-on-experiment",
    path: WEB_LOAD,
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER, ...KITS, EXPERIMENT],
    comment: "runner/web-load is the stage of suites that load the web workload; it stands on the experiment.",
  },
  {
    name: "rehearsal-runs-on-experiment",
    path: `${REHEARSAL}run/`,
    mayImport: [
      BASICS,
      RESULT,
      ANALYSIS,
      CLUSTER,
      ...KITS,
      PROMETHEUS,
      EXPERIMENT,
      REHEARSAL,
      "runner/doctor/(read/)?corefile\\.ts$",
    ],
    comment:
      "runner/rehearsal/run carries a plan out: it stands on the kits and on what the experiment stands on, and reads a Corefile as doctor does.",
  },
  {
    name: "plan-reads-files-alone",
    path: "runner/rehearsal/(plan/|traffic/|examples\\.ts$)",
    mayImport: [BASICS, RESULT, ANALYSIS, "runner/load/schedule/"],
    comment: "A plan is read from files alone: what it means for a cluster is for those who carry it out.",
  },
  {
    name: "lab-alone",
    path: LAB,
    mayImport: [BASICS, WORKLOADS],
    comment: "runner/lab builds a cluster out of nothing: it needs the images' names and no other layer.",
  },
  {
    name: "history-on-result",
    path: HISTORY,
    mayImport: [BASICS, RESULT, ANALYSIS],
    comment: "runner/history keeps results from night to night: it needs no cluster, no suite and no report.",
  },
  {
    name: "programs-from-their-builds",
    path: PROGRAMS,
    mayImport: [BASICS, DELIVERY, "runner/lab/builds/", "programs/node-worker/bundle\\.ts$"],
    comment:
      "runner/programs hands out what runs in pods, packed or built; who it is for, and how it gets there, it can't know.",
  },
  {
    name: "suite-evidence-on-result",
    path: `suites/[^/]+/${EVIDENCE}`,
    mayImport: [RESULT],
    comment: "A suite's evidence is its part of the result, so like runner/result it imports nothing but results.",
  },
  {
    name: "suite-analysis-on-analysis",
    path: "suites/[^/]+/analysis/",
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER, ...KITS, ...PROTOCOL],
    comment:
      "A suite's analysis knows the result, the runner's analysis and the kits' types; no experiment and no report.",
  },
  {
    name: "suite-report-on-drawing-kits",
    path: "suites/[^/]+/report/",
    mayImport: [RESULT, ANALYSIS, ...DRAWING_KITS],
    comment:
      "A suite's report only draws a result: it may import the kits of reports/, runner/result and runner/analysis.",
  },
  {
    name: "suite-on-experiment",
    path: `suites/[^/]+/(?!${EVIDENCE}|analysis/|report/)`,
    mayImport: [BASICS, RESULT, ANALYSIS, CLUSTER, ...KITS, EXPERIMENT, WEB_LOAD, DEFINE, ...PROTOCOL],
    comment: "A suite stands on the experiment and the kits; it imports no registry, command, lab or drawing kit.",
  },
  {
    name: "registry-on-suites",
    path: REGISTRY,
    mayImport: [DEFINE],
    comment: "The registry is a list of suites and nothing else.",
  },
  {
    name: "definition-on-experiment",
    path: DEFINE,
    mayImport: [RESULT, TUNINGS, EXPERIMENT, "reports/suite-report\\.ts$"],
    comment: "A suite's definition joins the experiment's types with the report's, and holds nothing else.",
  },
  {
    name: "reports-on-result",
    path: "reports/",
    mayImport: [RESULT, ANALYSIS, PRINTABLE, SHELL_WORD, REGISTRY, PLAN_SCHEMA],
    comment:
      "reports/ only draws a result: it may import runner/result, what is pure, for the suites' parts the registry, and the plan's schema, which it publishes.",
  },
  {
    name: "programs-on-result",
    path: "programs/",
    mayImport: [RESULT, "runner/host-port\\.ts$", "runner/load/schedule/", "runner/load/worker-report\\.ts$"],
    comment:
      "Programs run in pods: of the runner they may import only runner/result and host-port.ts, and from runner/load the schedules that they keep and the report that they print.",
  },
  {
    name: "cli-on-top",
    path: "runner/cli/",
    mayImport: [
      BASICS,
      RESULT,
      ANALYSIS,
      CLUSTER,
      ...KITS,
      DOCTOR,
      PROMETHEUS,
      EXPERIMENT,
      REHEARSAL,
      HISTORY,
      LAB,
      PROGRAMS,
      "reports/",
      REGISTRY,
      DEFINE,
    ],
    comment: "Commands may import every layer of runner/ and reports/, but no program.",
  },
];

import type { DependencyType, IFlattenedRuleSet, IForbiddenRuleType } from "dependency-cruiser";
import { EVIDENCE, LAYERS, type Layer } from "./layers.ts";

const A_SUITE = "^suites/[^/]+/";
/** Whatever stands in a suite's folder; `$1` in `to` is the suite's name. */
const FROM_SUITE = "^suites/([^/]+)/";
const ANALYSIS = "^(runner|suites/[^/]+)/analysis/";

/** What computes and touches nothing outside: node_modules/… of packages, the bare name of Node's own modules. */
const PURE = ["(^|/)node_modules/(@stdlib|hdr-histogram-js)(/|$)", "^(assert|zlib)$"];

/** An import that is gone at run time. `import("…").Type` is not among them: it can hide a real import of the same file. */
const TYPES: DependencyType[] = ["type-only"];

const ACROSS_LAYERS: readonly IForbiddenRuleType[] = [
  {
    name: "every-import-is-found",
    comment: "A rule can't judge an import that leads nowhere; correct its path.",
    severity: "error",
    from: {},
    // k6's own modules are part of its binary.
    to: { couldNotResolve: true, pathNot: "^k6(/|$)" },
  },
  {
    name: "no-cycles",
    comment: "Modules that import each other, by types alone too, are one module; move what both need below both.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-tests-in-product",
    comment: "What is installed must not need what is not: tests, benchmarks and checks.",
    severity: "error",
    from: { path: "^(runner|suites|reports|programs)/" },
    to: { path: "^(test|bench|checks)/" },
  },
  {
    name: "no-build-tool-at-run-time",
    comment:
      "A devDependency is not there once packetwalk is installed; what runs in pods is bundled, and may use one.",
    severity: "error",
    from: { path: "^(runner|suites|reports)/", pathNot: "^suites/[^/]+/k6/" },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: TYPES },
  },
  {
    name: "no-suite-imports-another",
    comment: "A suite can be deleted with its folder; what two suites need is a kit of runner/ or reports/.",
    severity: "error",
    from: { path: FROM_SUITE },
    to: { path: A_SUITE, pathNot: "^suites/$1/" },
  },
  {
    name: "suites-only-through-the-registry",
    comment: "Nothing outside suites/ knows a suite by name; ask suites/index.ts for what the suite offers.",
    severity: "error",
    from: { path: "^(runner|reports|programs)/" },
    to: { path: A_SUITE },
  },
  {
    name: "analysis-does-no-io",
    comment:
      "Analysis only computes: no Node module and no package but those for mathematics (checks/rules.ts lists them).",
    severity: "error",
    from: { path: ANALYSIS },
    to: { pathNot: ["^(runner|suites|reports|programs|test|bench|checks)/", ...PURE], dependencyTypesNot: TYPES },
  },
  {
    name: "doctor-does-no-io",
    comment:
      "Doctor's checks only judge: what they need to know is read in runner/doctor/read, and is part of the state.",
    severity: "error",
    from: { path: "^runner/doctor/(?!read/)" },
    to: { pathNot: ["^(runner|suites|reports|programs|test|bench|checks)/", ...PURE], dependencyTypesNot: TYPES },
  },
  {
    name: "analysis-runs-alone",
    comment:
      "At run time analysis needs only analysis and results; write `import type`, or move the value to one of them.",
    severity: "error",
    from: { path: "^suites/([^/]+)/analysis/" },
    to: {
      path: "^(runner|reports|programs|suites/$1)/",
      pathNot: ["^runner/(analysis|result)/", `^suites/$1/(analysis/|${EVIDENCE})`],
      dependencyTypesNot: TYPES,
    },
  },
];

/** Within one suite: evidence < analysis < stage, and report beside stage; suite.ts and its neighbours know them all. */
const WITHIN_A_SUITE: readonly IForbiddenRuleType[] = [
  {
    name: "suite-evidence-stands-alone",
    comment: "A suite's evidence says what its result looks like; it imports no other part of the suite.",
    severity: "error",
    from: { path: `${FROM_SUITE}${EVIDENCE}` },
    to: { path: "^suites/$1/", pathNot: `^suites/$1/${EVIDENCE}` },
  },
  {
    name: "suite-report-only-draws",
    comment: "A suite's report reads evidence and analysis; what was staged is gone when it is drawn.",
    severity: "error",
    from: { path: `${FROM_SUITE}report/` },
    to: { path: "^suites/$1/", pathNot: `^suites/$1/(report/|analysis/|${EVIDENCE})` },
  },
  {
    name: "no-way-back-to-the-report",
    comment: "Reports stand on stage and analysis; words and numbers that both need belong to analysis.",
    severity: "error",
    from: { path: `${FROM_SUITE}(stage|analysis)/` },
    to: { path: "^suites/$1/(report/|suite\\.ts$)" },
  },
];

export const RULES = {
  forbidden: [...ACROSS_LAYERS, ...WITHIN_A_SUITE, ...LAYERS.map(ruleOf)],
} satisfies IFlattenedRuleSet;

/** Suites are left to the rules above, which say it better. */
function ruleOf({ name, path, mayImport, comment }: Layer): IForbiddenRuleType {
  const allowed = [path, ...mayImport].map((each) => `^${each}`);
  return {
    name,
    comment,
    severity: "error",
    from: { path: `^${path}` },
    to: { path: ["^(runner|reports|programs)/", "^suites/[^/]+$"], pathNot: allowed },
  };
}

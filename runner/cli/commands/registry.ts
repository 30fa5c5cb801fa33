import type { Command } from "commander";

interface LazyCommand {
  readonly name: string;
  readonly description: string;
  /** For programs: no help shows it. */
  readonly hidden?: true;
  /** Gives what adds the command's arguments, options and action; they bring most of packetwalk with them. */
  load(): Promise<(command: Command, words: readonly string[]) => void>;
}

/** In the order of the help. */
export const COMMANDS: readonly LazyCommand[] = [
  {
    name: "compare",
    description: "two arms, in alternating blocks on one cluster (or two), and what the difference is worth",
    load: async () => (await import("./compare.ts")).addCompare,
  },
  {
    name: "completion",
    description: "a script that lets bash, zsh or fish complete packetwalk's commands, options and names",
    load: async () => (await import("./completion.ts")).addCompletion,
  },
  {
    name: "doctor",
    description: "what a cluster's settings will do under load, in numbers, and what breaks first; only reads",
    load: async () => (await import("./doctor.ts")).addDoctor,
  },
  {
    name: "history",
    description:
      "stored results from night to night: where a metric changed for good, by how much, and what else changed then",
    load: async () => (await import("./history.ts")).addHistory,
  },
  {
    name: "judge",
    description: "blocks in, verdict out: judges results again by today's rules, or blocks that you made up",
    load: async () => (await import("./judge.ts")).addJudge,
  },
  {
    name: "lab",
    description: "the embedded Kubernetes: real, on this machine, without an outside route",
    load: async () => (await import("./lab.ts")).addLab,
  },
  {
    name: "preflight",
    description: "what can run on a cluster, with what rights, and what it would create; only reads",
    load: async () => (await import("./preflight.ts")).addPreflight,
  },
  {
    name: "rehearse",
    description: "a launch rehearsal: a day's traffic on your own Services, what breaks first, and go or no-go",
    load: async () => (await import("./rehearse.ts")).addRehearse,
  },
  {
    name: "report",
    description:
      "draws what a run found once more: page, Markdown, JUnit, JSON, OpenMetrics, CSV or a summary as k6's, from its result alone",
    load: async () => (await import("./report.ts")).addReport,
  },
  {
    name: "restore",
    description: "undo whatever an interrupted run left",
    load: async () => (await import("./restore.ts")).addRestore,
  },
  {
    name: "run",
    description: "one arm, measured and compared with nothing: for a history, and for compare --against",
    load: async () => (await import("./run.ts")).addRun,
  },
  {
    name: "tunings",
    description:
      "the catalogue: what can be tried, where it is set, where it has to act; with --here, what of it can be applied on a cluster",
    load: async () => (await import("./tunings.ts")).addTunings,
  },
  {
    name: "__complete",
    description: "what the scripts of completion ask",
    hidden: true,
    load: async () => (await import("./complete.ts")).addComplete,
  },
];

import { z } from "zod";
import { programPath } from "../../delivery/programs.ts";
import { keepSecret } from "../../secrets.ts";
import { type LoadEngine, WORKER_FILES } from "./engine.ts";
import { demandOpen, openLoadSpec } from "./open-load.ts";

const SCRIPT = "script.js";
const SPEC_FILE = "load.json";

export interface UserScriptTask {
  /** With all that it imports, but for k6's own modules. */
  readonly script: string;
  /** NAME:PORT of all that it may talk to. */
  readonly hosts: readonly string[];
  /** Whether they may have public addresses. */
  readonly mayBePublic: boolean;
  /** All that it finds in __ENV. */
  readonly env: Readonly<Record<string, string>>;
  /** Those of them that are not for everybody's eyes. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /** Whether each request opens a connection; else k6's virtual users keep theirs. */
  readonly newConnections: boolean;
  /** Of all workers together: HTTP requests, and iterations at the same time. */
  readonly limits: { readonly mostPerSecond: number; readonly mostInFlight: number };
}

const base = async () => (await import("../worker-report.ts")).WorkerReport;
const withIterations = async () =>
  (await base()).extend({
    iterations: z.number().int().nonnegative().describe("that ended: the load's rate is in them"),
  });
export type UserScriptReport = z.infer<Awaited<ReturnType<typeof withIterations>>>;

/** A k6 script of the user's, unchanged: k6 begins its default function at the load's arrivals (programs/k6/worker/script.go). */
export const userScript: LoadEngine<UserScriptTask, UserScriptReport> = {
  // Not k6's: a k6-operator's runners have no file beside their script.
  name: "k6-script",
  summary: "runs a k6 script of the user's",
  image: "busybox",
  programs: ["agent", "k6"],
  cpuRequest: "100m",
  warmsUp: true,
  report: withIterations,
  worker(load, task, terms) {
    const { script, hosts, mayBePublic, env, secretEnv, newConnections, limits } = task;
    keepSecret(...Object.values(secretEnv));
    const open = openLoadSpec(demandOpen(load), terms);
    const spec = JSON.stringify({
      ...open,
      maxInFlight: Math.max(1, Math.floor(limits.mostInFlight / load.workers)),
      script: {
        hosts,
        public: mayBePublic,
        env: { ...env, ...secretEnv },
        newConnections,
        mostPerSecond: Math.max(1, Math.floor(limits.mostPerSecond / load.workers)),
      },
    });
    return {
      command: [
        ...[programPath("k6"), "run", "--quiet", "--no-usage-report", "--out", "packetwalk"],
        `${WORKER_FILES}/${SCRIPT}`,
      ],
      environment: { PACKETWALK_LOAD_FILE: `${WORKER_FILES}/${SPEC_FILE}` },
      files: { [SCRIPT]: script, [SPEC_FILE]: spec },
      filesAreSecret: Object.keys(secretEnv).length > 0,
    };
  },
};

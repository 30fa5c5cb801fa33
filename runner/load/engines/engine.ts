import type { z } from "zod";
import type { WorkerSpecInput } from "../../../programs/node-worker/spec.ts";
import type { ProgramName } from "../../delivery/programs.ts";
import type { OnDemandImage } from "../../workloads/images.ts";
import type { LoadSpec, LoadTarget } from "../spec.ts";
import type { WorkerReport } from "../worker-report.ts";

/** What every worker is told, whatever it is to do. */
export interface WorkerTerms {
  readonly seed: number;
  /** Length of the report's time slices. */
  readonly sliceMs: number;
  /** How long a worker waits for its gate to be opened. */
  readonly gateTimeoutMs: number;
}

/** How a worker is started. */
export interface WorkerProgram {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files that it finds in WORKER_FILES, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export const WORKER_FILES = "/packetwalk-load";

/** Of an engine that tells nothing else. */
export const plainReport = async () => (await import("../worker-report.ts")).WorkerReport;

/** A program that makes load of one kind of task. All engines' workers wait at a gate, and print one report each. */
export interface LoadEngine<Task, Report extends WorkerReport = WorkerReport> {
  readonly name: string;
  readonly summary: string;
  /** What its workers run from. */
  readonly image: OnDemandImage;
  /** What of ours runs there; the agent opens every engine's gate. */
  readonly programs: readonly ["agent", ...ProgramName[]];
  /** Whether a worker that runs may still have to get ready before it stands at its gate. */
  readonly warmsUp: boolean;
  /** What a worker asks of its node, as Kubernetes writes it: by this it is preferred where everything wants to run. */
  readonly cpuRequest: string;
  /** What its workers print: the report of every engine, and whatever only this one tells. Loads late, as schemas do. */
  report(): Promise<z.ZodType<Report>>;
  worker(load: LoadSpec, task: Task, terms: WorkerTerms): WorkerProgram | Promise<WorkerProgram>;
}

export type Method = NonNullable<Extract<WorkerSpecInput, { engine: "undici" }>["methods"]>[number];

/** HTTP requests. */
export interface HttpTask {
  /** One; or, for an engine that traces, several in turn. */
  readonly targets: readonly [LoadTarget, ...LoadTarget[]];
  /** In turn, for an engine that traces; GET where none are named. */
  readonly methods?: readonly Method[] | undefined;
  /** The suite's script, for the engine that runs scripts; a TypeScript file. */
  readonly k6Script?: string | undefined;
}

/** What a suite needs of whatever engine makes its requests. */
export interface HttpNeeds extends Pick<HttpTask, "k6Script"> {
  /** Whether each request's timeline is read. */
  readonly timelines?: boolean;
}

/** One of those that the user may choose between. */
export interface HttpEngine extends LoadEngine<HttpTask> {
  /** Why it can't make this load; undefined if it can. Completes the sentence "engine … ". */
  cannot(load: LoadSpec, needs: HttpNeeds): string | undefined;
}

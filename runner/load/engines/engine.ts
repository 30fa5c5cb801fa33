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
  /** Length of the periods that it tells of while it runs; not given: it tells of none. */
  readonly liveMs?: number | undefined;
}

/** How a worker is started. */
export interface WorkerProgram {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files that it finds in WORKER_FILES, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether what they hold is not for everybody's eyes. */
  readonly filesAreSecret?: boolean;
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

/** What each request is, and what answers to it are good. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Statuses that are good; empty: those below 400. */
  readonly expect: readonly number[];
}

export interface HttpTls {
  /** The target's host, if not given. */
  readonly serverName?: string | undefined;
  /** Trusted certificates; the system's, if not given. */
  readonly caPem?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

/** HTTP requests. */
export interface HttpTask {
  /** One; or, for an engine that traces, several in turn. */
  readonly targets: readonly [LoadTarget, ...LoadTarget[]];
  /** In turn, for an engine that traces; GET where none are named. */
  readonly methods?: readonly Method[] | undefined;
  /** The suite's script, for the engine that runs scripts; a TypeScript file. */
  readonly k6Script?: string | undefined;
  /** A GET of which any status below 400 is good, if not given. */
  readonly request?: HttpRequest | undefined;
  /** Share of connections that are kept for a later request, 0–1; none, if not given. */
  readonly keepAliveRatio?: number | undefined;
  /** Plain HTTP, if not given. */
  readonly tls?: HttpTls | undefined;
  /** Whether a header is a credential: then the cluster has the requests in a Secret, and no message shows a header. */
  readonly secret?: boolean | undefined;
}

/** What a suite needs of whatever engine makes its requests. */
export interface HttpNeeds extends Pick<HttpTask, "k6Script" | "request" | "keepAliveRatio" | "tls"> {
  /** Whether each request's timeline is read. */
  readonly timelines?: boolean;
  /** Whether the load is watched while it runs. */
  readonly live?: boolean;
}

/** One of those that the user may choose between. */
export interface HttpEngine extends LoadEngine<HttpTask> {
  /** Why it can't make this load; undefined if it can. Completes the sentence "engine … ". */
  cannot(load: LoadSpec, needs: HttpNeeds): string | undefined;
}

import type { WorkerSpecInput } from "../../../programs/node-worker/spec.ts";
import type { OnDemandImage } from "../../workloads/images.ts";
import type { LoadSpec, LoadTarget } from "../spec.ts";

export type Method = NonNullable<Extract<WorkerSpecInput, { engine: "undici" }>["methods"]>[number];

/** What a suite asks of the engine beside a load. */
export interface Demands {
  /** The suite's script, for the engine that runs scripts; a TypeScript file. */
  readonly k6Script?: string | undefined;
  /** Whether each request's timeline is needed. */
  readonly needsTimelines?: boolean | undefined;
  /** Whether names are to be looked up, and no requests sent. */
  readonly looksNamesUp?: boolean | undefined;
}

/** What a worker is told, beside the load itself. */
export interface Assignment extends Pick<Demands, "k6Script"> {
  /** One; or, for an engine that traces, several in turn. */
  readonly targets: readonly [LoadTarget, ...LoadTarget[]];
  /** In turn, for an engine that traces; GET where none are named. */
  readonly methods?: readonly Method[] | undefined;
  readonly seed: number;
  /** Length of the report's time slices. */
  readonly sliceMs: number;
  /** How long a worker waits for its gate to be opened. */
  readonly gateTimeoutMs: number;
}

/** How a worker is started. */
export interface WorkerProgram {
  /** Without it, the image's own entry point. */
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Files that it finds in WORKER_FILES, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export const WORKER_FILES = "/packetwalk-load";

/** A program that makes load. All engines' workers wait at a gate, and print one WorkerReport each. */
export interface LoadEngine {
  readonly name: string;
  readonly summary: string;
  readonly image: OnDemandImage;
  /** Whether a worker that runs may still have to get ready before it stands at its gate. */
  readonly warmsUp: boolean;
  /** What a worker asks of its node, as Kubernetes writes it: by this it is preferred where everything wants to run. */
  readonly cpuRequest: string;
  /** Why it cannot make this load; undefined if it can. Completes the sentence "engine … ". */
  cannot(load: LoadSpec, demands: Demands): string | undefined;
  worker(load: LoadSpec, assignment: Assignment): WorkerProgram | Promise<WorkerProgram>;
}

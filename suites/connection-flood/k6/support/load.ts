/** What the load is, from the environment: the same spec that every load worker of packetwalk gets. */
import { type Arrivals, areaOf, type Stage } from "../../../../runner/load/schedule/schedule.ts";

export interface Load {
  readonly target: { readonly address: string; readonly host?: string; readonly path?: string };
  readonly stages: readonly Stage[];
  readonly arrivals?: Arrivals;
  readonly worker: number;
  readonly seed?: number;
  /** There: the target speaks TLS. */
  readonly tls?: { readonly serverName?: string; readonly caPem?: string; readonly insecureSkipVerify?: boolean };
  readonly timeoutMs: number;
  readonly maxInFlight: number;
}

const EXAMPLE: Load = {
  target: { address: "10.0.0.1:80", path: "/" },
  stages: [{ durationMs: 10_000, fromPerSecond: 100, toPerSecond: 100 }],
  worker: 0,
  timeoutMs: 3000,
  maxInFlight: 400,
};

/** @throws Error that shows what PACKETWALK_LOAD should hold, if it does not. */
export function loadFromEnvironment(): Load {
  const text = __ENV.PACKETWALK_LOAD;
  if (!text) throw new Error(`set PACKETWALK_LOAD to what the load is, e.g. '${JSON.stringify(EXAMPLE)}'`);
  let load: Load;
  try {
    load = JSON.parse(text);
  } catch {
    throw new Error(`PACKETWALK_LOAD is not JSON: ${text}`);
  }
  const problem = problemOf(load);
  if (problem) throw new Error(`PACKETWALK_LOAD: ${problem}; e.g. '${JSON.stringify(EXAMPLE)}'`);
  // Kubernetes tells the pods of an Indexed Job which they are.
  return { ...load, worker: load.worker || Number(__ENV.JOB_COMPLETION_INDEX ?? 0) };
}

function problemOf({ target, stages, timeoutMs, maxInFlight }: Partial<Load>): string | undefined {
  if (typeof target?.address !== "string") return "target.address must be IP:port";
  if (!Array.isArray(stages) || stages.length === 0 || !stages.every((stage) => areaOf(stage) >= 0)) {
    return "stages must be a list of { durationMs, fromPerSecond, toPerSecond }";
  }
  if (!(Number(timeoutMs) > 0)) return "timeoutMs must be positive";
  if (!(Number(maxInFlight) > 0)) return "maxInFlight must be positive";
  return undefined;
}

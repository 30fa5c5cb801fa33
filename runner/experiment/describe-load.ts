import { type LoadSpec, loadMs, ratePerSecond } from "../load/spec.ts";
import type { Result } from "../result/result.ts";

/** A load in the result's form. */
export function describeLoad(engine: string, load: LoadSpec): Result["load"] {
  const { model, timeoutMs, workers, placement } = load;
  return {
    engine,
    model,
    ratePerSecond: ratePerSecond(load),
    connections: load.model === "closed" ? load.connections : null,
    arrivals: load.model === "open" ? load.schedule.arrivals : null,
    durationMs: loadMs(load),
    timeoutMs,
    workers,
    placement,
  };
}

import { monitorEventLoopDelay } from "node:perf_hooks";
import type { WorkerReport } from "../../runner/load/worker-report.ts";

/**
 * A worker with a core to itself is 2 ms late; where it shares its cores with the target, a time slice of others (3 ms) or
 * two come before it. Beyond this its own lateness would be a good part of a latency. For its event loop as well: one
 * callback of undici's takes far less. Not so in a closed loop: it is to use up what CPU there is, and shares it with its
 * target where both are on one machine.
 */
export const MOST_LAG_P99_MS = 20;
/**
 * One thread does all the work: beyond this a closed loop is as fast as its generator, not as its target. An open loop
 * that is busy but in time is none the worse.
 */
const MOST_CPU_SHARE = 0.95;
const RESOLUTION_MS = 5;

export interface SelfWatch {
  /** What the process used, and why it was the bottleneck, in words; empty if it was not. */
  stop(run: {
    readonly loadMs: number;
    readonly lagP99Ms: number | null /* null: no schedule */;
    readonly mostLagMs: number;
  }): Pick<WorkerReport, "cpu" | "saturated">;
}

/** Watches this process from now on. */
export function watchSelf(): SelfWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const before = process.cpuUsage();
  return {
    stop({ loadMs, lagP99Ms, mostLagMs }) {
      delay.disable();
      const { user, system } = process.cpuUsage(before);
      const cpu = { userMs: user / 1000, systemMs: system / 1000 };
      const share = (cpu.userMs + cpu.systemMs) / Math.max(loadMs, 1);
      // The monitor records whole intervals; the wait that was asked for is not a delay.
      const loopP99Ms = Math.max(delay.percentile(99) / 1e6 - RESOLUTION_MS, 0);
      const saturated: string[] = [];
      if (lagP99Ms !== null && loopP99Ms > mostLagMs) {
        saturated.push(`its event loop was held up ${round(loopP99Ms)} ms at p99 (at most ${mostLagMs} ms)`);
      }
      if (lagP99Ms !== null && lagP99Ms > mostLagMs) {
        saturated.push(`it sent ${round(lagP99Ms)} ms late at p99 (at most ${mostLagMs} ms)`);
      }
      if (lagP99Ms === null && share > MOST_CPU_SHARE) {
        saturated.push(`its one thread was busy: it used ${round(share * 100)} % of a CPU over the load`);
      }
      return { cpu, saturated };
    },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

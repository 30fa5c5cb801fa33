/** One tool's result as the JSON document has it: medians over the rounds, and a reason for every null. */
import { median } from "../../../runner/analysis/samples.ts";
import type { ToolResult } from "../bench.ts";

export interface Row {
  readonly name: string;
  readonly about: string;
  readonly closedLoop: boolean;
  /** Why there are no numbers; null when there are. */
  readonly notMeasured: string | null;
  readonly connectionsPerSecond: number | null;
  /** Of the client's user and system time. */
  readonly connectionsPerCpuSecond: number | null;
  /** Schedule lag, p99.9, as the target saw it: at 50 % and at 90 % of the tool's own maximum. */
  readonly lagP999Ms: number | null;
  readonly lagP999MsAt90Percent: number | null;
  /** Why there is no lag; null when there is. */
  readonly noLag: string | null;
  /** Against a target that stalls: p99 as the tool reported it, as it really was, and the error in percent. */
  readonly p99ReportedMs: number | null;
  readonly p99TruthMs: number | null;
  readonly p99ErrorPercent: number | null;
  /** Why there is no reported p99; null when there is. */
  readonly noP99: string | null;
  /** Largest resident size of the client. */
  readonly memoryBytes: number | null;
  /** Resident size at four times the connections, as a multiple; only flood's is measured. */
  readonly memoryGrowth: number | null;
  /** Of the target's core, at the most. */
  readonly targetBusyShare: number | null;
  /** Cores that everything else on the machine kept busy meanwhile. */
  readonly othersBusyCores: number | null;
  readonly problems: readonly string[];
}

export function rowOf({ tool, outcome }: ToolResult): Row {
  const closedLoop = tool.loop === "closed";
  const described = { name: tool.name, about: tool.about, closedLoop };
  if (outcome.kind === "not-measured") return { ...described, ...nothing(outcome.why) };
  const { throughput, stalls, schedule, memory, problems } = outcome;
  const reported = median(stalls.flatMap(({ reportedMs }) => reportedMs ?? []));
  return {
    ...described,
    notMeasured: null,
    connectionsPerSecond: median(throughput.map((each) => each.connectionsPerSecond)),
    connectionsPerCpuSecond: median(throughput.map((each) => each.connectionsPerCpuSecond)),
    lagP999Ms: median(schedule?.lagP999Ms.half ?? []),
    lagP999MsAt90Percent: median(schedule?.lagP999Ms.most ?? []),
    noLag: schedule === null ? "closed loop: no schedule" : null,
    p99ReportedMs: reported,
    p99TruthMs: median(stalls.map((each) => each.truthMs)),
    p99ErrorPercent: median(stalls.flatMap(({ errorPercent }) => errorPercent ?? [])),
    noP99: reported === null ? "it reports no latencies" : null,
    memoryBytes: median(throughput.map((each) => each.memoryBytes)),
    memoryGrowth: memory === null ? null : memory.fourTimesBytes / memory.onceBytes,
    targetBusyShare: Math.max(...throughput.map((each) => each.targetBusyShare)),
    othersBusyCores: outcome.othersBusyCores,
    problems,
  };
}

function nothing(why: string): Omit<Row, "name" | "about" | "closedLoop"> {
  return {
    notMeasured: why,
    connectionsPerSecond: null,
    connectionsPerCpuSecond: null,
    lagP999Ms: null,
    lagP999MsAt90Percent: null,
    noLag: why,
    p99ReportedMs: null,
    p99TruthMs: null,
    p99ErrorPercent: null,
    noP99: why,
    memoryBytes: null,
    memoryGrowth: null,
    targetBusyShare: null,
    othersBusyCores: null,
    problems: [],
  };
}

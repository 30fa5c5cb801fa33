import { PassThrough } from "node:stream";
import { z } from "zod";
import { EnvironmentError } from "../errors.ts";
import { readJsonLine } from "../json-lines.ts";
import { ConntrackFrom } from "../result/block.ts";
import { CounterName } from "../result/counters.ts";
import type { Agents } from "./agents.ts";

/** Who set a sysctl, as its node tells it. */
const writer = z.object({
  process: z.string(),
  pid: z.number().exactOptional(),
  of: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("pod"), uid: z.string(), container: z.string().exactOptional() }),
      z.object({ kind: z.literal("unit"), unit: z.string() }),
      z.object({ kind: z.literal("host") }),
      z.object({ kind: z.literal("other-network-namespace") }),
    ])
    .exactOptional(),
  writes: z.number(),
});
const tick = z.object({
  atUnixMs: z.number(),
  samples: z.array(
    z.object({
      where: z.string(),
      counters: z.partialRecord(CounterName, z.number()),
      /** Of a pod's first sample: all that its counters have, they have since the sample before. */
      began: z.literal(true).exactOptional(),
    }),
  ),
  settings: z
    .array(
      z.object({
        in: z.enum(["kernel", "node"]),
        key: z.string(),
        value: z.string().nullable(),
        by: writer.exactOptional(),
      }),
    )
    .exactOptional(),
});
const end = z.object({
  end: z.literal(true),
  ownCpuMs: z.number(),
  kernelLog: z.array(z.string()),
  conntrackFrom: ConntrackFrom,
  writersUnseen: z.string().exactOptional(),
});

export type NodesWriter = z.infer<typeof writer>;
export type Tick = z.infer<typeof tick>;

/** What the probe of one node saw over a block. One that was cut short has no counters: it read them "nowhere". */
export interface NodeTrace {
  readonly node: string;
  readonly ticks: readonly Tick[];
  readonly kernelLog: readonly string[];
  readonly ownCpuMs: number;
  readonly conntrackFrom: ConntrackFrom;
  /** Why it was not seen who sets what is watched; absent: it was, as far as the kernel tells. */
  readonly writersUnseen?: string;
}

/** A sysctl whose changes are told. */
export interface WatchedSetting {
  readonly in: "kernel" | "node";
  readonly key: string;
}

interface SamplingOptions {
  readonly intervalMs: number;
  readonly durationMs: number;
  /** Of every node; at first their values are told, then those that change. */
  readonly settings?: readonly WatchedSetting[];
  /** Takes each sample as it comes. */
  readonly onTick?: (node: string, tick: Tick) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Sampling {
  /** Settles once every node has given its first sample. */
  readonly started: Promise<void>;
  /** By how much a node's clock is ahead of this machine's, in ms; 0 before its first sample, and where there is none. */
  clockAheadMs(node: string): number;
  /** Waits for the probes' end (they stop by themselves after `durationMs`). */
  readonly traces: Promise<NodeTrace[]>;
  /** From now on samples this pod, too, as soon as and as long as it is on the node: it need not be there. */
  follow(node: string, podUid: string): void;
  /** Samples it a last time. */
  unfollow(node: string, podUid: string): void;
  /** Tells the probes to take a last sample and end. */
  end(): void;
}

/** Where no agent is there to sample. */
export const NO_SAMPLING: Sampling = {
  started: Promise.resolve(),
  clockAheadMs: () => 0,
  traces: Promise.resolve([]),
  follow: () => undefined,
  unfollow: () => undefined,
  end: () => undefined,
};

/**
 * Samples every node's counters, and those of the named pods on it, for `durationMs` at most.
 * @param podUids by node, the pods whose network namespaces are watched too, and that have to be there
 */
export function startSampling(
  agents: Agents,
  podUids: ReadonlyMap<string, readonly string[]>,
  options: SamplingOptions,
): Sampling {
  const runs = agents.nodes.map((node) => sampleNode(agents, node, podUids.get(node) ?? [], options));
  const sampling = {
    started: Promise.all(runs.map((run) => run.started)).then(() => undefined),
    clockAheadMs: (node: string) => runs.find((run) => run.node === node)?.clockAheadMs() ?? 0,
    traces: Promise.all(runs.map((run) => run.trace)),
    follow: (node: string, pod: string) => runs.find((run) => run.node === node)?.order({ pod }),
    unfollow: (node: string, gone: string) => runs.find((run) => run.node === node)?.order({ gone }),
    end() {
      for (const run of runs) run.order({ end: true });
    },
  };
  // Whoever awaits one of the two must not be killed by the other's rejection.
  sampling.started.catch(() => undefined);
  sampling.traces.catch(() => undefined);
  return sampling;
}

/** A probe's sample, or its closing line; undefined where the line is damaged. */
export function readProbeLine(line: string): Tick | z.infer<typeof end> | undefined {
  const read = readJsonLine(line);
  return z.union([end, tick]).safeParse(read.kind === "document" ? read.document : undefined).data;
}

interface NodeSampling {
  readonly node: string;
  readonly started: Promise<void>;
  readonly trace: Promise<NodeTrace>;
  clockAheadMs(): number;
  order(order: ProbeOrder): void;
}

/** As the agent reads it (programs/agent/probe/follow.go). */
type ProbeOrder = { readonly pod: string } | { readonly gone: string } | { readonly end: true };

function sampleNode(agents: Agents, node: string, pods: readonly string[], options: SamplingOptions): NodeSampling {
  const ticks: Tick[] = [];
  let last: z.infer<typeof end> | undefined;
  let aheadMs: number | undefined;
  let markStarted = () => {};
  const firstTick = new Promise<void>((resolve) => {
    markStarted = resolve;
  });
  const args = ["probe", "--interval-ms", String(options.intervalMs), "--duration-ms", String(options.durationMs)];
  args.push("--until-told");
  const orders = new PassThrough();
  if (pods.length > 0) args.push("--pods", pods.join(","));
  const { settings = [] } = options;
  if (settings.length > 0) args.push("--sysctls", settings.map((each) => `${each.in}:${each.key}`).join(","));
  const trace: Promise<NodeTrace> = agents
    .run(node, args, {
      timeoutMs: options.durationMs + 30_000,
      signal: options.signal,
      stdin: orders,
      onLine(line) {
        const read = readProbeLine(line);
        if (read === undefined) return; // one sample less: if it matters, it is a gap
        if ("end" in read) last = read;
        else {
          ticks.push(read);
          aheadMs ??= read.atUnixMs - Date.now();
          options.onTick?.(node, read);
        }
        markStarted();
      },
    })
    .then(() => {
      if (!last) throw new EnvironmentError(`the probe on node ${node} ended without its closing line`);
      const { end: _, ...whole } = last;
      return { node, ticks, ...whole };
    })
    .catch((error: unknown) => {
      // A probe that did not begin tells nothing; of one that was cut short, the block is without its counters.
      if (options.signal?.aborted || ticks.length === 0) throw error;
      return { node, ticks, kernelLog: [], ownCpuMs: 0, conntrackFrom: "nowhere" };
    });
  const started = Promise.race([firstTick, trace.then(() => undefined)]);
  return {
    ...{ node, started, trace, clockAheadMs: () => aheadMs ?? 0 },
    order: (order) => void (orders.writable && orders.write(`${JSON.stringify(order)}\n`)),
  };
}

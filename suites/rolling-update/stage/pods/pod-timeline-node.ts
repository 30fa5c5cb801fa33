import { PassThrough } from "node:stream";
import { z } from "zod";
import { reasonOf } from "../../../../runner/errors.ts";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import type { Agents } from "../../../../runner/probes/agents.ts";
import { type ClockReading, type RoundTrip, readClock } from "./pod-timeline-clock.ts";

const at = z.object({ atUnixMs: z.number() });
/** What a node's `packetwalk-agent podwatch` says, a line each (programs/agent/podwatch/protocol.go). */
const event = z.discriminatedUnion("kind", [
  at.extend({ kind: z.literal("started") }),
  at.extend({ kind: z.literal("blind"), what: z.enum(["signals", "rules"]), reason: z.string() }),
  at.extend({ kind: z.literal("process"), container: z.string(), ignoresSigterm: z.boolean() }),
  at.extend({ kind: z.literal("noProcess"), container: z.string() }),
  at.extend({ kind: z.literal("signal"), container: z.string(), signal: z.string(), ignored: z.boolean() }),
  at.extend({ kind: z.literal("exit"), container: z.string() }),
  at.extend({ kind: z.literal("led"), address: z.string() }),
  at.extend({ kind: z.literal("gone"), address: z.string() }),
  at.extend({ kind: z.literal("pong"), ping: z.number() }),
  at.extend({ kind: z.literal("end"), ownCpuMs: z.number().optional() }),
]);
export type NodeEvent = z.infer<typeof event>;

/** All that one node told; the events' instants are on the runner's clock. */
export interface NodeRecord {
  readonly node: string;
  readonly events: readonly NodeEvent[];
  readonly clock: ClockReading | null;
  readonly ownCpuMs: number;
  /** Why nothing more came from it, if it ended before it was told to. */
  readonly broken: string | null;
}

export interface NodeWatch {
  readonly node: string;
  /** What it has told so far, by its own clock. */
  readonly events: readonly NodeEvent[];
  /** From now on tell of this container's main process; to be called on the node that runs it. */
  watchContainer(id: string): void;
  /** From now on tell whether new connections are led to this address. */
  watchAddress(address: string): void;
  end(): Promise<NodeRecord>;
}

/** Each ping reads the clock, and keeps the agent from taking us for dead (after 30 s without one). */
const PING_EVERY_MS = 2_000;
const FIRST_PINGS = 5;
const START_TIMEOUT_MS = 20_000;
const END_TIMEOUT_MS = 5_000;
/** A bound for the stream as a whole; no observation is nearly as long. */
const LONGEST_MS = 6 * 3_600_000;

/** Starts the watch on a node; settles once it is on, or can't be: then its record says why. */
export async function watchNode(agents: Agents, node: string, signal: AbortSignal): Promise<NodeWatch> {
  const preciseNow = preciseClock();
  const orders = new PassThrough();
  const order = (document: object) => orders.writable && orders.write(`${JSON.stringify(document)}\n`);
  const events: NodeEvent[] = [];
  const trips: RoundTrip[] = [];
  const asked = new Map<number, number>();
  let broken: string | null = null;
  let markStarted = () => {};
  const started = new Promise<void>((resolve) => {
    markStarted = resolve;
  });
  let pings = 0;
  const ping = () => {
    pings += 1;
    asked.set(pings, preciseNow());
    order({ ping: pings });
  };

  const stream = agents
    .run(node, ["podwatch"], {
      stdin: orders,
      timeoutMs: LONGEST_MS,
      signal,
      onLine(line) {
        const read = readJsonLine(line);
        const { data: parsed } = event.safeParse(read.kind === "document" ? read.document : undefined);
        if (!parsed) {
          broken ??= `a line that it told can't be read: ${line.slice(0, 80)}`;
          return;
        }
        events.push(parsed);
        if (parsed.kind === "started") markStarted();
        if (parsed.kind !== "pong") return;
        const askedAtUnixMs = asked.get(parsed.ping);
        if (askedAtUnixMs === undefined) return;
        trips.push({ askedAtUnixMs, theirUnixMs: parsed.atUnixMs, answeredAtUnixMs: preciseNow() });
        if (pings < FIRST_PINGS) ping();
      },
    })
    .then(
      () => undefined,
      (error: unknown) => {
        broken = reasonOf(error);
      },
    );
  await Promise.race([started, stream, timeLimit(START_TIMEOUT_MS)]);
  signal.throwIfAborted();
  ping();
  const pinging = setInterval(ping, PING_EVERY_MS);

  return {
    node,
    events,
    watchContainer: (id) => order({ container: id }),
    watchAddress: (address) => order({ address }),
    async end() {
      clearInterval(pinging);
      order({ end: true });
      await Promise.race([stream, timeLimit(END_TIMEOUT_MS)]);
      orders.end();
      const closing = events.find((each) => each.kind === "end");
      if (closing === undefined) broken ??= "it did not end when told to";
      const clock = readClock(trips);
      return {
        node,
        events: events.map((each) => ({ ...each, atUnixMs: each.atUnixMs - (clock?.aheadMs ?? 0) })),
        clock,
        ownCpuMs: closing?.ownCpuMs ?? 0,
        broken,
      };
    },
  };
}

/** The runner's clock in fractions of a ms, for round trips are short: Date.now() where it steps on, and carried on. */
function preciseClock(): () => number {
  // Whoever is interrupted between the two readings gets too little.
  const base = Math.max(stepOffset(), stepOffset(), stepOffset());
  return () => base + performance.now();
}

function stepOffset(): number {
  const before = Date.now();
  let stepUnixMs = before;
  while (stepUnixMs === before) stepUnixMs = Date.now();
  return stepUnixMs - performance.now();
}

function timeLimit(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

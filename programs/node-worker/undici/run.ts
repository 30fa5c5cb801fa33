import { instants } from "../../../runner/load/schedule/instants.ts";
import { scheduledRequests } from "../../../runner/load/schedule/schedule.ts";
import { Deadlines } from "../deadlines.ts";
import { boundByFiles, resolverTimeoutMs } from "../kernel.ts";
import type { LoadClock } from "../load-clock.ts";
import type { EngineRun } from "../report.ts";
import type { NamedTarget, UndiciSpec } from "../spec.ts";
import { Tally } from "../tally.ts";
import { Lane } from "./lane.ts";
import { pace } from "./pacer.ts";
import { LOOKUPS_AT_ONCE, Resolver } from "./resolver.ts";
import { TimelineLog } from "./timeline-log.ts";
import { type TraceContext, TracedRequest } from "./traced-request.ts";
import { requestId, requestOf, turnOf } from "./turns.ts";

/** Sends each request at its scheduled instant and keeps a timeline of it (open loop). */
export async function runUndici(spec: UndiciSpec, clock: LoadClock, signal: AbortSignal): Promise<EngineRun> {
  const tally = new Tally(spec.sliceMs);
  const timelines = new TimelineLog(spec.maxTimelines, scheduledRequests(spec));
  const deadlines = new Deadlines(clock);
  const resolver = new Resolver();
  const lanes = new LanePool(spec, resolver);
  const maxInFlight = boundByFiles(spec.maxInFlight);
  const inLane = new Map<TracedRequest, Lane>();
  let scheduled = 0;
  let bytesRead = 0;

  const context: TraceContext = {
    clock,
    timeoutMs: spec.timeoutMs,
    resolverTimeoutMs: resolverTimeoutMs(),
    ended(request) {
      bytesRead += request.bodyBytes;
      count(tally, request);
      timelines.add(request.timeline());
      const lane = inLane.get(request);
      if (lane === undefined) return;
      inLane.delete(request);
      lanes.giveBack(lane, request.outcome === "ok");
      deadlines.remove(request);
    },
  };

  await pace(instants(spec, spec), clock, signal, (atMs) => {
    const number = scheduled++;
    const turn = turnOf(spec, number);
    const request = new TracedRequest(number, atMs, turn, context);
    tally.schedule(atMs);
    tally.scheduleLag.recordMs(request.startedMs - atMs);
    if (deadlines.inFlight >= maxInFlight) return request.skip(`${maxInFlight} requests were in flight`);
    if (request.startedMs >= request.deadlineMs) return request.skip("the generator was later than the timeout");
    const lane = lanes.take(turn.target);
    inLane.set(request, lane);
    deadlines.add(request);
    lane.send(requestOf(turn, requestId(turn.target, spec.worker, number)), request);
  });
  await deadlines.idle();
  lanes.close();
  return {
    tally,
    lines: timelines.lines(),
    bytesRead,
    maxInFlight,
    timelinesLeftOut: timelines.leftOut,
    saturated:
      resolver.most > LOOKUPS_AT_ONCE
        ? [`${resolver.most} names were to be looked up at once (at most ${LOOKUPS_AT_ONCE} can be)`]
        : [],
  };
}

/** The phases that the request got through, and how it ended. */
function count(tally: Tally, request: TracedRequest): void {
  const { connectingMs, connectedMs, readyMs, sentMs, firstByteMs, outcome = "not-sent" } = request;
  if (request.reused) tally.reused++;
  if (connectingMs !== undefined && connectedMs !== undefined) {
    tally.connect.recordMs(connectedMs - connectingMs);
    if (readyMs !== undefined && request.isTls) tally.tls.recordMs(readyMs - connectedMs);
  }
  if (sentMs !== undefined && firstByteMs !== undefined) tally.firstByte.recordMs(firstByteMs - sentMs);
  tally.finish(request.scheduledMs, outcome, request.endedMs - request.scheduledMs);
}

/** Lanes that rest between requests, where connections are kept; the one that was used last is taken first. */
class LanePool {
  readonly #spec: UndiciSpec;
  readonly #resolver: Resolver;
  readonly #resting = new Map<NamedTarget, Lane[]>();

  constructor(spec: UndiciSpec, resolver: Resolver) {
    this.#spec = spec;
    this.#resolver = resolver;
  }

  take(target: NamedTarget): Lane {
    return this.#resting.get(target)?.pop() ?? new Lane(target, this.#spec.closeWith, this.#resolver);
  }

  giveBack(lane: Lane, isSound: boolean): void {
    if (!this.#spec.keepAlive || !isSound) {
      lane.close();
      return;
    }
    const resting = this.#resting.get(lane.target) ?? [];
    resting.push(lane);
    this.#resting.set(lane.target, resting);
  }

  close(): void {
    for (const lane of [...this.#resting.values()].flat()) lane.close();
    this.#resting.clear();
  }
}

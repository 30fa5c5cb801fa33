import { isIP, type Socket } from "node:net";
import type { Pending } from "../deadlines.ts";
import type { LoadClock } from "../load-clock.ts";
import {
  type Failure,
  failureOf,
  type Outcome,
  ofConnectError,
  ofLookupError,
  ofStatus,
  ofTimeout,
  type Stage,
} from "../outcome.ts";
import type { DialStage } from "./dial.ts";
import { ofTransferError } from "./judge.ts";
import type { LaneEvents } from "./lane.ts";
import type { TimelineLine } from "./timeline.ts";
import type { Turn } from "./turns.ts";

export interface TraceContext {
  readonly clock: LoadClock;
  readonly timeoutMs: number;
  readonly resolverTimeoutMs: number;
  /** Called once, when the request has ended; the outcome of a request that ran out of time is still in flight. */
  ended(request: TracedRequest): void;
}

/** One request from its scheduled instant to its end. Instants are ms from the load's start. */
export class TracedRequest implements LaneEvents, Pending {
  readonly number: number;
  readonly scheduledMs: number;
  readonly startedMs: number;
  readonly deadlineMs: number;
  outcome: Outcome | undefined;
  reused = false;
  bodyBytes = 0;
  /** When the connection was begun: after the look-up, if there was one. */
  connectingMs: number | undefined;
  resolvedMs: number | undefined;
  connectedMs: number | undefined;
  readyMs: number | undefined;
  sentMs: number | undefined;
  firstByteMs: number | undefined;
  endedMs = 0;
  readonly #context: TraceContext;
  readonly #turn: Turn;
  readonly isTls: boolean;
  #stage: Stage;
  #status: number | undefined;
  #pod: string | undefined;
  #address: string | undefined;
  #localPort: number | undefined;
  #failure: Failure | undefined;

  constructor(number: number, scheduledMs: number, turn: Turn, context: TraceContext) {
    this.number = number;
    this.scheduledMs = scheduledMs;
    this.startedMs = context.clock.nowMs();
    this.deadlineMs = scheduledMs + context.timeoutMs;
    this.#turn = turn;
    this.isTls = turn.target.tls !== undefined;
    this.#stage = isIP(turn.target.address.hostname) === 0 ? "dns" : "connect";
    this.#context = context;
  }

  resolved(): void {
    this.resolvedMs = this.#now();
  }

  connecting(address: string): void {
    this.connectingMs = this.#now();
    this.#stage = "connect";
    this.#address = address;
  }

  connected(socket: Socket): void {
    this.connectedMs = this.#now();
    this.#stage = this.isTls ? "tls" : "transfer";
    this.#localPort = socket.localPort;
  }

  ready(): void {
    this.readyMs = this.#now();
  }

  failed(stage: DialStage, error: Error): void {
    this.#failure = failureOf(error);
    this.#end(this.#judgeDial(stage, this.#failure.code));
  }

  sent(reused: boolean): void {
    this.sentMs = this.#now();
    this.#stage = "transfer";
    this.reused = reused;
  }

  firstByte(): void {
    this.firstByteMs ??= this.#now();
  }

  head(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    this.#status = status;
    const pod = headers["x-pod"];
    this.#pod = Array.isArray(pod) ? pod[0] : pod;
  }

  body(bytes: number): void {
    this.bodyBytes += bytes;
  }

  done(): void {
    this.#end(this.#status === undefined ? "protocol-error" : ofStatus(this.#status));
  }

  broken(error: NodeJS.ErrnoException, socketError: NodeJS.ErrnoException | undefined): void {
    this.#failure = failureOf(socketError ?? error);
    this.#end(ofTransferError(error, socketError?.code));
  }

  expire(): void {
    this.#end(ofTimeout(this.#stage));
  }

  /** The generator had no room for it, or was too late. */
  skip(reason: string): void {
    this.#failure = { code: "", message: reason };
    this.#end("not-sent");
  }

  timeline(): TimelineLine {
    const optional = {
      dns: micros(this.resolvedMs),
      con: micros(this.connectedMs),
      tls: this.isTls ? micros(this.readyMs) : undefined,
      req: micros(this.sentMs),
      fb: micros(this.firstByteMs),
      st: this.#status,
      pod: this.#pod,
      ip: this.#address,
      lp: this.#localPort,
      re: this.reused ? (1 as const) : undefined,
      err: this.#failure,
    };
    return {
      n: this.number,
      to: this.#turn.target.name,
      m: this.#turn.method,
      at: toMicros(this.scheduledMs),
      go: toMicros(this.startedMs),
      ...withoutUndefined(optional),
      end: toMicros(this.endedMs),
      out: this.outcome ?? "not-sent",
    };
  }

  #judgeDial(stage: DialStage, code: string): Outcome {
    switch (stage) {
      case "dns":
        return ofLookupError(code, this.#now() - this.startedMs, this.#context.resolverTimeoutMs);
      case "connect":
        return ofConnectError(code);
      case "tls":
        return "tls";
    }
  }

  #end(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.endedMs = this.#now();
    this.#context.ended(this);
  }

  #now(): number {
    return this.#context.clock.nowMs();
  }
}

function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function micros(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : toMicros(ms);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

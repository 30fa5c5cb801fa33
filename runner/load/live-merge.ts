/** Adds up, period by period, what a load's workers tell while they run. Pure: lines and times are given. */
import { z } from "zod";
import { HistogramSum } from "../analysis/histogram.ts";
import { Outcomes } from "../result/outcomes.ts";

/** How long a period waits for workers that have not told of it. */
const PATIENCE_MS = 1_500;

/** A period of the load, of all workers that told of it. Where that is not all of them, its counts are a part of the whole. */
export interface LiveSecond {
  /** Its beginning, from the load's start. */
  readonly atS: number;
  /** Workers that told of it, or had ended before it with a report. */
  readonly reported: number;
  readonly workers: number;
  /** What the workers got to in it. */
  readonly scheduled: number;
  /** What ended in it, whenever it was due. */
  readonly ended: number;
  /** Of those that ended. */
  readonly outcomes: Outcomes;
  /** From their instants on. */
  readonly okLatency: HistogramSum;
  /** The most by which a worker came late to a request; null: no worker told. */
  readonly lagMs: number | null;
  /** At its end; null: a worker can't tell. */
  readonly inFlight: number | null;
}

export interface LiveTerms {
  readonly workers: number;
  readonly periodMs: number;
  /** When the load starts, by the clock of the times that are given. */
  readonly startsAtMs: number;
  /** The end of the last period in which something can end, from the load's start: later ones are not waited for. */
  readonly lastAtMs: number;
}

const count = z.number().int().nonnegative();
const LiveLine = z.object({
  atMs: count,
  scheduled: count,
  ended: count,
  ok: count,
  outcomes: z.record(z.string(), count),
  okLatency: z.string(),
  lagMs: z.number().nonnegative().nullable(),
  inFlight: count.nullable(),
});

/** One worker's part of a period. */
interface Part extends Omit<LiveSecond, "atS" | "reported" | "workers" | "lagMs"> {
  /** Of the period, from 0. */
  readonly number: number;
  readonly lagMs: number | null;
}

interface OpenPeriod {
  readonly parts: Map<number, Part>;
  readonly firstAtMs: number;
}

interface WorkerState {
  /** The last period that it told of. */
  latest: number;
  /** Lines since then that could not be read. */
  damaged: number;
  ended: "no" | "with-report" | "without";
}

export class LiveMerge {
  private readonly states: readonly WorkerState[];
  private readonly open = new Map<number, OpenPeriod>();
  private next = 0;

  private readonly terms: LiveTerms;

  constructor(terms: LiveTerms) {
    this.terms = terms;
    this.states = Array.from({ length: terms.workers }, () => ({ latest: -1, damaged: 0, ended: "no" }));
  }

  /** Takes a worker's line, and one that is heard again once only. What comes after its period was given is not added to any. */
  add(worker: number, text: string, nowMs: number): void {
    const state = this.stateOf(worker);
    const part = partOf(text, this.terms.periodMs);
    if (!part) state.damaged++;
    if (!part || part.number <= state.latest) return;
    Object.assign(state, { latest: part.number, damaged: 0, ended: "no" });
    if (part.number < this.next) return;
    const period = this.open.get(part.number) ?? { parts: new Map<number, Part>(), firstAtMs: nowMs };
    period.parts.set(worker, part);
    this.open.set(part.number, period);
  }

  /** Takes it that a worker will tell no more. One that has ended with a report has nothing more to tell. */
  end(worker: number, how: "with-report" | "without"): void {
    const state = this.stateOf(worker);
    if (state.ended === "no") state.ended = how;
  }

  /** Gives, in order and each once, the periods that all workers told of, or that wait no longer. */
  due(nowMs: number): LiveSecond[] {
    const seconds: LiveSecond[] = [];
    while (this.isAwaited() && (this.isComplete() || nowMs >= this.dueAtMs())) {
      seconds.push(this.secondOf(this.next));
      this.open.delete(this.next);
      this.next++;
    }
    return seconds;
  }

  /** When `due` gives something at the latest; null: there is nothing more to wait for. */
  nextDueMs(): number | null {
    return this.isAwaited() ? this.dueAtMs() : null;
  }

  private isAwaited(): boolean {
    // What was told of is given in any case, and so is what somebody would have told, had it not been damaged.
    if (this.states.some(({ latest, damaged }) => latest + damaged >= this.next)) return true;
    return this.endOf(this.next) <= this.terms.lastAtMs && this.states.some(({ ended }) => ended !== "with-report");
  }

  /** Whether nobody will tell more of the next period. One of which nobody told has to be over first. */
  private isComplete(): boolean {
    const isPast = ({ latest }: WorkerState) => latest >= this.next;
    return this.states.some(isPast) && this.states.every((state) => isPast(state) || state.ended !== "no");
  }

  private dueAtMs(): number {
    const atItsTime = this.terms.startsAtMs + this.endOf(this.next);
    return Math.min(atItsTime, this.open.get(this.next)?.firstAtMs ?? atItsTime) + PATIENCE_MS;
  }

  private endOf(number: number): number {
    return (number + 1) * this.terms.periodMs;
  }

  private secondOf(number: number): LiveSecond {
    const parts = [...(this.open.get(number)?.parts.values() ?? [])];
    const atRest = this.states.filter(
      ({ ended, latest, damaged }) => ended === "with-report" && number > latest + damaged,
    );
    const okLatency = new HistogramSum();
    const outcomes: Record<string, number> & Outcomes = { ok: 0 };
    for (const part of parts) {
      okLatency.merge(part.okLatency);
      for (const [how, value] of Object.entries(part.outcomes)) outcomes[how] = (outcomes[how] ?? 0) + value;
    }
    const lags = parts.flatMap(({ lagMs }) => lagMs ?? []);
    return {
      atS: (number * this.terms.periodMs) / 1000,
      reported: parts.length + atRest.length,
      workers: this.terms.workers,
      scheduled: sum(parts, "scheduled"),
      ended: sum(parts, "ended"),
      outcomes,
      okLatency,
      lagMs: lags.length === 0 ? null : Math.max(...lags),
      inFlight: parts.some(({ inFlight }) => inFlight === null) ? null : sum(parts, "inFlight"),
    };
  }

  private stateOf(worker: number): WorkerState {
    const state = this.states[worker];
    if (!state) throw new Error(`there is no worker ${worker}`);
    return state;
  }
}

function sum(parts: readonly Part[], what: "scheduled" | "ended" | "inFlight"): number {
  return parts.reduce((total, part) => total + (part[what] ?? 0), 0);
}

/** Undefined of a line that is damaged, or does not add up. */
function partOf(text: string, periodMs: number): Part | undefined {
  try {
    const { atMs, ok, outcomes: failed, okLatency: encoded, ...rest } = LiveLine.parse(JSON.parse(text));
    const outcomes = Outcomes.parse({ ...failed, ok });
    const okLatency = new HistogramSum();
    okLatency.add(encoded);
    const ended = Object.values(outcomes).reduce((total, each) => total + each, 0);
    const number = atMs / periodMs - 1;
    const isSound = Number.isInteger(number) && number >= 0 && ended === rest.ended && okLatency.count === ok;
    return isSound ? { ...rest, number, outcomes, okLatency } : undefined;
  } catch {
    return undefined;
  }
}

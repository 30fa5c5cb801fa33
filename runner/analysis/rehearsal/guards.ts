/** Watches the SLOs' budgets of one stage, second by second. */
import type { RehearsedSecond, RehearsedStage, Slo, SloState } from "../../result/rehearsal.ts";
import { sum } from "../samples.ts";
import { judgeWindow, type Second, tells } from "./windows.ts";

/** A budget that is spent. */
export interface Breach {
  readonly slo: string;
  /** Of the stage: the end of the second with which it was spent. */
  readonly atS: number;
  /** Of the window that spent it; null: nothing ended well in it. */
  readonly value: number | null;
}

export interface Guards {
  /** To be fed in order; what is left out was not seen. Hands back the first budget that is spent, once. */
  second(second: RehearsedSecond): Breach | null;
  /** As if the stage ended now: what of it was not fed was not seen. */
  states(): SloState[];
}

/** More than this share of a stage unseen, and nobody can say that an SLO was held. */
const MOST_UNSEEN = 0.1;

/**
 * Every second judges the window that ends with it, no warm-up left out. What ends after the planned length (a request that
 * was due before and timed out) counts in the stage's last second, so that late failures alone make up no window.
 */
export function guardsOf(slos: readonly Slo[], stage: Pick<RehearsedStage, "durationS" | "ratePerSecond">): Guards {
  const lengthS = Math.max(1, Math.floor(stage.durationS));
  const seconds: Second[] = [];
  const budgets = slos.map((slo) => new Budget(slo, lengthS, stage));
  let isBreached = false;

  function take(second: RehearsedSecond): void {
    const place = Math.min(second.atS, lengthS - 1);
    if (second.atS < lengthS && place < seconds.length) throw new RangeError(`second ${second.atS} came twice or late`);
    while (seconds.length < place) add(null);
    if (place === seconds.length) add(second.atS < lengthS ? second : null);
    if (second.atS >= lengthS) {
      seconds[place] = withLate(seconds[place] ?? null, second);
      for (const budget of budgets) budget.judge(seconds);
    }
  }

  function add(second: Second): void {
    seconds.push(second);
    for (const budget of budgets) budget.judge(seconds);
  }

  return {
    second(second) {
      take(second);
      const spent = isBreached ? undefined : budgets.find((budget) => budget.isSpent);
      if (!spent) return null;
      isBreached = true;
      return { slo: spent.slo.name, atS: second.atS + 1, value: spent.lastValue };
    },
    states: () => budgets.map((budget) => budget.state(seconds)),
  };
}

class Budget {
  private inBreachS = 0;
  private judged = 0;
  private worst: number | null = null;
  /** The last second whose window was in breach, by its place. */
  private lastInBreach = -1;
  lastValue: number | null = null;

  readonly slo: Slo;
  private readonly lengthS: number;
  private readonly stage: Pick<RehearsedStage, "durationS" | "ratePerSecond">;

  constructor(slo: Slo, lengthS: number, stage: Pick<RehearsedStage, "durationS" | "ratePerSecond">) {
    this.slo = slo;
    this.lengthS = lengthS;
    this.stage = stage;
  }

  /** The window that ends with the last of these. A stage that is shorter than a window is one. */
  judge(seconds: readonly Second[]): void {
    const lengthS = Math.min(this.slo.windowS, this.lengthS);
    const { ratePerSecond } = this.stage;
    const { value, breached } = judgeWindow(this.slo, { seconds: seconds.slice(-lengthS), lengthS, ratePerSecond });
    if (breached === null) return;
    this.judged++;
    this.lastValue = value;
    if (value !== null) this.worst = Math.max(value, this.worst ?? value);
    if (!breached || this.lastInBreach === seconds.length) return;
    this.lastInBreach = seconds.length;
    this.inBreachS++;
  }

  get isSpent(): boolean {
    return this.spent >= 1;
  }

  private get spent(): number {
    const { budget } = this.slo;
    return budget === 0 ? Math.min(1, this.inBreachS) : this.inBreachS / (budget * this.stage.durationS);
  }

  state(seconds: readonly Second[]): SloState {
    const unseenS = this.lengthS - seconds.filter((second) => tells(this.slo, second)).length;
    return {
      slo: this.slo.name,
      held: this.held(unseenS, seconds),
      worst: this.worst,
      spent: this.judged === 0 ? null : this.spent,
      unseenS,
    };
  }

  private held(unseenS: number, seconds: readonly Second[]): boolean | null {
    if (this.isSpent) return false;
    const isAsked = seconds.some((second) => (second?.load?.ended ?? 0) > 0);
    if (!isAsked || this.judged === 0) return null;
    const mostUnseenS = this.slo.kind === "drops" ? 0 : MOST_UNSEEN * this.lengthS;
    return unseenS > mostUnseenS ? null : true;
  }
}

/** A second that was not seen stays so. */
function withLate(last: Second, late: RehearsedSecond): Second {
  if (last === null) return null;
  const p99s = [last.load?.p99Ms, late.load?.p99Ms].flatMap((p99Ms) => p99Ms ?? []);
  const added = (of: "scheduled" | "ended" | "failed" | "status5xx") =>
    sum([last.load?.[of] ?? 0, late.load?.[of] ?? 0]);
  return {
    ...last,
    drops: last.drops === null ? null : last.drops + (late.drops ?? 0),
    load: last.load && {
      scheduled: added("scheduled"),
      ended: added("ended"),
      failed: added("failed"),
      status5xx: added("status5xx"),
      p99Ms: p99s.length === 0 ? null : Math.max(...p99s),
    },
  };
}

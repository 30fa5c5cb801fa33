/** Watches the SLOs' budgets of one stage, second by second. */
import type { RehearsedSecond, RehearsedStage, Slo, SloState } from "../../result/rehearsal.ts";
import { addedUp, sum } from "../samples.ts";
import { type BreachedS, breachedUnseen, NONE_BREACHED } from "./unseen.ts";
import { badIn, judgeWindow, type Second, tellsAll } from "./windows.ts";

/** A budget that is spent. */
export interface Breach {
  readonly slo: string;
  /** Of the stage: the end of the second with which it was spent. */
  readonly atS: number;
  /** Of the window that spent it. */
  readonly value: number | null;
}

/** What all workers together reported of a whole stage. */
export interface WholeStage {
  readonly ended: number;
  readonly failed: number;
  readonly status5xx: number;
  readonly overLimit: Readonly<Record<string, number>>;
}

export interface Guards {
  /** To be fed in order; what is left out was not seen. Hands back the first budget that is spent, once. */
  second(second: RehearsedSecond): Breach | null;
  /**
   * As if the stage ended now: what of it was not fed was not seen.
   * @param whole of a stage that ran to its end: what no second told is judged by how it differs from what they told
   */
  states(whole?: WholeStage): SloState[];
}

/** More than this share of a stage unseen, and nobody can say that an SLO was held. */
const MOST_UNSEEN = 0.1;

interface GuardedStage extends Pick<RehearsedStage, "durationS" | "ratePerSecond"> {
  /** Most packets a second that are dropped without the load as well. */
  readonly idlePerSecond: number;
}

/**
 * Every second judges the window that ends with it, no warm-up left out. What ends after the planned length (a request that
 * was due before and timed out) counts in the stage's last second, so that late failures alone make up no window.
 */
export function guardsOf(slos: readonly Slo[], stage: GuardedStage): Guards {
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
    states: (whole) => budgets.map((budget) => budget.state(seconds, whole)),
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
  private readonly stage: GuardedStage;

  constructor(slo: Slo, lengthS: number, stage: GuardedStage) {
    this.slo = slo;
    this.lengthS = lengthS;
    this.stage = stage;
  }

  /** The window that ends with the last of these. A stage that is shorter than a window is one. */
  judge(seconds: readonly Second[]): void {
    const lengthS = Math.min(this.slo.windowS, this.lengthS);
    const { ratePerSecond, idlePerSecond } = this.stage;
    const window = { seconds: seconds.slice(-lengthS), lengthS, ratePerSecond, idlePerSecond };
    const { value, breached } = judgeWindow(this.slo, window);
    if (breached === null) return;
    this.judged++;
    this.lastValue = value;
    if (value !== null) this.worst = Math.max(value, this.worst ?? value);
    if (!breached || this.lastInBreach === seconds.length) return;
    this.lastInBreach = seconds.length;
    this.inBreachS++;
  }

  get isSpent(): boolean {
    return this.spentBy(this.inBreachS) >= 1;
  }

  private spentBy(inBreachS: number): number {
    const { budget } = this.slo;
    return budget === 0 ? Math.min(1, inBreachS) : inBreachS / (budget * this.stage.durationS);
  }

  state(seconds: readonly Second[], whole: WholeStage | undefined): SloState {
    const unseenS = this.lengthS - seconds.filter((second) => tellsAll(this.slo, second)).length;
    const { leastS, mostS, share } = this.notTold(seconds, whole);
    const spent = this.spentBy(Math.max(this.inBreachS, leastS));
    return {
      slo: this.slo.name,
      held: this.held(spent, this.spentBy(this.inBreachS + mostS), unseenS, seconds),
      worst: share === null ? this.worst : Math.max(share, this.worst ?? share),
      spent: this.judged === 0 && leastS === 0 ? null : spent,
      unseenS,
    };
  }

  private notTold(seconds: readonly Second[], whole: WholeStage | undefined): BreachedS {
    const bad = whole ? badIn(this.slo, whole) : null;
    if (!whole || bad === null) return NONE_BREACHED;
    const { lengthS } = this;
    const windowS = Math.min(this.slo.windowS, lengthS);
    const { ratePerSecond } = this.stage;
    const unseen = { seconds, lengthS, windowS, ratePerSecond, whole: { ended: whole.ended, bad } };
    return breachedUnseen(this.slo, unseen);
  }

  private held(spent: number, mostSpent: number, unseenS: number, seconds: readonly Second[]): boolean | null {
    if (spent >= 1) return false;
    const isAsked = seconds.some((second) => (second?.load?.ended ?? 0) > 0);
    if (!isAsked || this.judged === 0 || mostSpent >= 1) return null;
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
    background: last.background === null ? null : last.background + (late.background ?? 0),
    load: last.load && {
      scheduled: added("scheduled"),
      ended: added("ended"),
      failed: added("failed"),
      status5xx: added("status5xx"),
      p99Ms: p99s.length === 0 ? null : Math.max(...p99s),
      overLimit: addedUp([last.load.overLimit, late.load?.overLimit ?? {}]),
      toldShare: last.load.toldShare,
    },
  };
}

/** What a plan lets fail and break over the whole rehearsal, and whether that is spent. */
import { type FailureCause, failuresIn, type Outcomes } from "../../result/outcomes.ts";
import type { FoundMost, RehearsedStage, StopRule } from "../../result/rehearsal.ts";
import { sum } from "../samples.ts";
import { number } from "./sentences.ts";
import type { StageVerdict } from "./stage-verdict.ts";

/** What never left our own pods takes nothing of anybody's error budget. */
const OUR_OWN: ReadonlySet<FailureCause> = new Set<FailureCause>(["not-sent", "port-exhausted"]);

export class StopRules {
  readonly #limits: Pick<StopRule, "mostFailedRequests" | "mostBrokenStages">;
  /** Of stages that have ended. */
  #failed = 0;
  /** As far as workers told, of the one that runs. */
  #failing = 0;
  #broken = 0;

  constructor({ mostFailedRequests, mostBrokenStages }: Pick<StopRule, "mostFailedRequests" | "mostBrokenStages">) {
    this.#limits = { mostFailedRequests, mostBrokenStages };
  }

  /** Takes what one load told of a second; hands back whether all load is to stop. */
  told(outcomes: Outcomes): boolean {
    this.#failing += failedOf(outcomes);
    return this.#failed + this.#failing >= this.#limits.mostFailedRequests;
  }

  /** A stage has ended: what its workers reported counts, or what they told where that is more. */
  ended({ outcomes, kind }: Pick<RehearsedStage, "outcomes" | "kind">, verdict: StageVerdict): void {
    this.#failed += Math.max(this.#failing, failedOf(outcomes));
    this.#failing = 0;
    if (kind === "search" && verdict === "broke") this.#broken++;
  }

  get isSpent(): boolean {
    const { mostFailedRequests, mostBrokenStages } = this.#limits;
    return this.#failed >= mostFailedRequests || this.#broken >= mostBrokenStages;
  }

  state(): StopRule {
    return { failedRequests: this.#failed, brokenStages: this.#broken, ...this.#limits };
  }
}

function failedOf(outcomes: Outcomes): number {
  return sum(failuresIn(outcomes).map(([cause, count]) => (OUR_OWN.has(cause) ? 0 : count)));
}

/** Whether a stage, or the search, was ended by it. */
export function wasStopped(ran: {
  readonly found: FoundMost;
  readonly stages: readonly Pick<RehearsedStage, "end">[];
}): boolean {
  return ran.found.limitedBy === "stop-rule" || ran.stages.some(({ end }) => end === "called-off");
}

/** Why the rehearsal went no further, in a sentence. */
export function stopSentence({ failedRequests, mostFailedRequests, brokenStages, mostBrokenStages }: StopRule): string {
  return failedRequests >= mostFailedRequests
    ? `The rehearsal was ended by its stop rule: ${number(failedRequests)} requests had failed in all, and limits.mostFailedRequests is ${number(mostFailedRequests)}.`
    : `The rehearsal was ended by its stop rule: ${number(brokenStages)} stages of the search had broken, and limits.mostBrokenStages is ${number(mostBrokenStages)}.`;
}

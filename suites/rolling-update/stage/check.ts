import { UsageError } from "../../../runner/errors.ts";
import type { ArmPlan } from "../../../runner/experiment/arms.ts";
import type { Progress } from "../../../runner/progress.ts";
import { type RemedyFacts, remedyProblems } from "../analysis/remedy-problems.ts";
import type { RemedyProblem } from "../result/reasons.ts";
import type { RolloutTuning } from "../tunings.ts";
import { makeWeb } from "./make-web.ts";
import type { RolloutStage } from "./rollout-stage.ts";
import { remedyFacts } from "./tunings/remedy-facts.ts";

/** What a pod of an arm shows of it before anything is measured. */
export interface CheckedArm {
  readonly facts: RemedyFacts;
  /** What stands in its way. */
  readonly problems: RemedyProblem[];
}

/**
 * Looks at a pod of an arm: a remedy that can't work would only look like one that doesn't.
 * @throws UsageError if the arm can't do what it is for, unless the user insists
 */
export function checkArm(
  stage: RolloutStage,
  arm: ArmPlan<RolloutTuning>,
  progress: Progress,
  words: (problem: RemedyProblem) => string,
): Promise<CheckedArm> {
  return progress.step(`A look at arm ${arm.name}`, async (update) => {
    await makeWeb(stage, arm);
    const facts = await remedyFacts(stage.cluster, stage.agents, arm);
    const problems = remedyProblems(facts);
    const voids = problems.filter((each) => each.void);
    if (voids.length > 0 && !stage.force) {
      throw new UsageError(`arm ${arm.name} is void here: ${voids.map(words).join("; ")}; --force runs it anyway`);
    }
    update(problems.length === 0 ? "nothing stands in its way" : problems.map(words).join("; "));
    return { facts, problems };
  });
}

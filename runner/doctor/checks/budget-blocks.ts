import { defineCheck } from "../check.ts";
import { several } from "../numbers.ts";
import { reads } from "../proofs.ts";
import { nameOf } from "../subjects.ts";

export const budgetBlocks = defineCheck({
  name: "budget-blocks",
  hop: "terminating-pods",
  title: "a PodDisruptionBudget that lets no pod be evicted, ever",
  reads: ["budgets"],
  find({ budgets }) {
    return budgets
      .filter(
        ({ expectedPods, wantedHealthy, disruptionsAllowed }) =>
          expectedPods > 0 && disruptionsAllowed === 0 && wantedHealthy >= expectedPods,
      )
      .map((budget) => ({
        severity: "warning" as const,
        subject: `poddisruptionbudget ${nameOf(budget)}`,
        value: `${several(budget.wantedHealthy, "healthy pod")} wanted of ${budget.expectedPods}, 0 disruptions allowed`,
        readFrom: "its status",
        consequence:
          "each drain of a node with one of its pods waits until somebody forces it, and then they are killed all the same: upgrades stop there",
        remedy: { words: "maxUnavailable: 1 instead of minAvailable at the number of pods; or one pod more" },
        proof: reads`get poddisruptionbudget -n ${budget.namespace} ${budget.name}`,
      }));
  },
});

import { runCliffBlock } from "../../../suites/connection-flood/stage/cliff.ts";
import { predictArm } from "../../../suites/connection-flood/stage/predict.ts";
import { attribute } from "../../analysis/attribution.ts";
import type { TrialKind } from "../trial.ts";
import { runBlock } from "./block.ts";
import { setStage } from "./stage.ts";
import type { TableStart } from "./table.ts";

/** New connections against the reference web workload: what becomes of them, and of the nodes' conntrack tables. */
export const connectionsTrial =
  (table: TableStart): TrialKind =>
  async (request, progress) => {
    const stage = await setStage(request, table, progress);
    return {
      notes: [],
      runBlock: (arm, round, sequence) => runBlock(stage, arm, round, sequence),
      describe: ({ conntrack }) => `${conntrack.at(-1)?.drops ?? 0} packets dropped by conntrack`,
      extraBlock: (tuned, ran, sequence) => runCliffBlock(stage, tuned, ran, sequence, progress),
      predict: (arm, ran, extra) => predictArm(stage, arm, ran, extra),
      attribute: (arms, kernel) => attribute(arms, { timeoutMs: request.plan.load.timeoutMs, kernel }),
    };
  };

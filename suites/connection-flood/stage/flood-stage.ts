import type { WebLoadStage } from "../../../runner/web-load/stage.ts";
import type { TableStart } from "./table.ts";

/** What all blocks of a run have in common. */
export interface FloodStage extends WebLoadStage {
  readonly table: TableStart;
  /** The client node's table limit before any tuning: prefilling goes by it in every arm. Null: no agent reads it. */
  readonly limitAtStart: number | null;
  /** What untuned connections get. */
  readonly defaults: { readonly timeWaitTimeoutS: number; readonly podPortRange: readonly [number, number] };
  readonly prefillTimeoutS: number;
}

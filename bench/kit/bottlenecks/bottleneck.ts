/** A lab of which it is known what breaks first, and at what rate. */
import type { BreakingHop } from "../../../runner/result/rehearsal.ts";
import type { OwnLab } from "../../faults/lab/own-lab.ts";

export interface Bottleneck {
  /** As its plan in plans/. */
  readonly name: string;
  readonly hop: BreakingHop;
  /** By construction, in requests a second. */
  readonly takesPerSecond: number;
  /** Load pods of its plan on the one node, each of which talks to one Service port. */
  readonly clients: number;
  /** Makes it so; what it hands back takes it away. */
  stage(lab: OwnLab): Promise<() => Promise<void>>;
}

import type { Evidence, Result } from "../../runner/result/result.ts";
import type { ArmView } from "../view/arms.ts";
import type { Palette } from "./palette.ts";

/** What each part of the terminal's report is drawn from. */
export interface Frame<E extends Evidence = Evidence> {
  readonly result: Result<E>;
  readonly arms: readonly ArmView<E["block"]>[];
  readonly palette: Palette;
  readonly width: number;
}

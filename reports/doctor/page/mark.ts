/** A hop's or a finding's mark: its shape says what its colour says, and words beside it say it too. */
import type { Severity } from "../../../runner/result/diagnosis.ts";
import { type Markup, trusted } from "../../html/markup.ts";
import type { HopState } from "../walk.ts";

export type Mark = Severity | Exclude<HopState["kind"], "found">;

const SHAPES: Readonly<Record<Mark, string>> = {
  critical:
    '<path class="solid" d="M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z"/><path class="sign" d="M12 6.5v7M12 17.4v.2"/>',
  warning:
    '<path class="solid" d="M12 2 23 21.5H1z" stroke-linejoin="round"/><path class="sign" d="M12 9v6M12 18.3v.2"/>',
  info: '<circle class="solid" cx="12" cy="12" r="9"/><path class="sign" d="M12 11v5.5M12 7.4v.2"/>',
  quiet: '<circle class="ring" cx="12" cy="12" r="9"/><path class="line" d="m7.8 12.4 3 3 5.4-6.4"/>',
  partly: '<circle class="ring dashed" cx="12" cy="12" r="9"/><path class="line" d="m7.8 12.4 3 3 5.4-6.4"/>',
  unseen:
    '<circle class="ring dashed" cx="12" cy="12" r="9"/><path class="line" d="M9.3 9.6c0-3.6 5.4-3.4 5.4-.2 0 2-2.7 2.1-2.7 4.1M12 16.8v.2"/>',
};

export function mark(which: Mark): Markup {
  return trusted(`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${SHAPES[which]}</svg>`);
}

export function markOf(state: HopState): Mark {
  return state.kind === "found" ? state.worst : state.kind;
}

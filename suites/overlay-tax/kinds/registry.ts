import type { TuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { OverlayTuning } from "../tunings.ts";
import { overlayOffloadKind } from "./overlay-offload.ts";
import { podPathKind } from "./pod-path.ts";

/** What this suite can stage. */
export const OVERLAY_KINDS: readonly TuningKind<OverlayTuning>[] = [podPathKind, overlayOffloadKind];

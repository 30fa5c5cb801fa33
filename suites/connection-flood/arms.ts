import type { Arms } from "../../runner/tunings/tuning.ts";
import { WEB_LOAD_ARMS } from "../../runner/web-load/arms.ts";

export const ARMS: Arms = WEB_LOAD_ARMS;

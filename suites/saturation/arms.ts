import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import type { Arms } from "../../runner/tunings/tuning.ts";
import { WEB_LOAD_ARMS } from "../../runner/web-load/arms.ts";

export const ARMS: Arms<Sysctl> = WEB_LOAD_ARMS;

import type { TuningKind } from "../tunings/kinds/kind.ts";
import { nodeSysctlKind } from "../tunings/kinds/node-sysctl.ts";
import { podSysctlKind } from "../tunings/kinds/pod-sysctl.ts";
import type { Sysctl } from "../tunings/sysctl.ts";

/** What the stage of the web workload can put up. */
export const WEB_LOAD_KINDS: readonly TuningKind<Sysctl>[] = [nodeSysctlKind, podSysctlKind];

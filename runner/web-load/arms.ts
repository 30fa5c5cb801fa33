import type { Sysctl } from "../tunings/sysctl.ts";
import type { Arms } from "../tunings/tuning.ts";
import {
  articleFastOpen,
  articleFinTimeout,
  articlePortRange,
  articleTable,
  largeTable,
  placebo,
  podPortRange,
  shortTimeWait,
} from "./tunings.ts";

/** Whatever opens many connections to the web workload has the same settings to choose from. */
export const WEB_LOAD_ARMS: Arms<Sysctl> = {
  baseline: [],
  none: [],
  article: [articleTable, articleFinTimeout, articlePortRange, articleFastOpen],
  "article-conntrack-max": [articleTable],
  "article-fin-timeout": [articleFinTimeout],
  "article-port-range": [articlePortRange],
  "article-fastopen": [articleFastOpen],
  recommended: [shortTimeWait, largeTable, podPortRange],
  "conntrack-max": [largeTable],
  "conntrack-time-wait": [shortTimeWait],
  "pod-port-range": [podPortRange],
  placebo: [placebo],
};

import type { Sysctl } from "../../runner/tunings/sysctl.ts";
import type { Arms } from "../../runner/tunings/tuning.ts";
import {
  articleFastOpen,
  articleFinTimeout,
  articlePortRange,
  articleTable,
  largeTable,
  placebo,
  podPortRange,
  shortTimeWait,
} from "../../runner/web-load/tunings.ts";

export const ARMS: Arms<Sysctl> = {
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

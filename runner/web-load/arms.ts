import type { Sysctl } from "../tunings/sysctl.ts";
import type { Arms } from "../tunings/tuning.ts";

/** Whatever opens many connections to the web workload has the same settings to choose from. */
export const WEB_LOAD_ARMS: Arms<Sysctl> = {
  baseline: [],
  none: [],
  // The article's four, exactly as published: node sysctls, set by a privileged DaemonSet.
  article: ["conntrack-max-524288", "fin-timeout-15", "node-port-range", "fastopen-3"],
  "article-conntrack-max": ["conntrack-max-524288"],
  "article-fin-timeout": ["fin-timeout-15"],
  "article-port-range": ["node-port-range"],
  "article-fastopen": ["fastopen-3"],
  recommended: ["conntrack-time-wait-30", "conntrack-max-1048576", "pod-port-range"],
  "conntrack-max": ["conntrack-max-1048576"],
  "conntrack-time-wait": ["conntrack-time-wait-30"],
  "pod-port-range": ["pod-port-range"],
  placebo: ["keepalive-probes-8"],
};

/** What a flood in a script has to keep to, unless the script says otherwise. */
export const FLOOD_THRESHOLDS = {
  packetwalk_failed_share: ["value<=0.001"],
  "packetwalk_latency{quantile:p99}": ["value<1000"],
  // Without these two there is no evidence.
  packetwalk_not_sent: ["count==0"],
  packetwalk_saturated: ["value==0"],
};

/** What becomes of each tuning of the catalogue in the lab, where it has to act and on a Deployment of a user's. */
import type { Arrival } from "../../../runner/result/tuning.ts";

export interface Row {
  /** In the places that its descriptor names. */
  readonly arrival: Arrival;
  /** With --workload. */
  readonly onWorkload: Arrival;
  /** Who refuses it, in their words. */
  readonly because?: RegExp;
}

/** Of the node itself. A workload has nothing of it. */
const ON_NODES: Row = { arrival: "arrived", onWorkload: "not-applicable" };
/** The article's: set on nodes, and no pod has it. */
const NOT_IN_PODS: Row = { arrival: "never-arrived", onWorkload: "not-applicable" };
/** Of what the suite itself deploys beside the workload. */
const BESIDE: Row = { arrival: "arrived", onWorkload: "not-applicable" };
/** Of clusters that are set up otherwise. */
const OTHER_LAB: Row = { arrival: "never-arrived", onWorkload: "not-applicable" };
const IN_PODS: Row = { arrival: "arrived", onWorkload: "arrived" };
/** A user's Deployment has it in its pods' spec, and musl passes over it. */
const UNHEEDED: Row = { arrival: "never-arrived", onWorkload: "arrived" };

const refused = (because: RegExp): Row => ({ arrival: "refused", onWorkload: "refused", because });

export const ROWS: Readonly<Record<string, Row>> = {
  "attempts-2": IN_PODS,
  autopath: BESIDE,
  "cache-prefetch-stale": BESIDE,
  "conntrack-buckets-1048576": ON_NODES,
  "conntrack-buckets-524288": ON_NODES,
  "conntrack-close-wait-60": ON_NODES,
  "conntrack-established-86400": ON_NODES,
  "conntrack-fin-wait-30": ON_NODES,
  "conntrack-last-ack-10": ON_NODES,
  "conntrack-max-1048576": ON_NODES,
  "conntrack-max-524288": ON_NODES,
  "conntrack-time-wait-30": ON_NODES,
  "conntrack-udp-10": ON_NODES,
  "conntrack-udp-stream-30": ON_NODES,
  "fastopen-3": NOT_IN_PODS,
  "fin-timeout-15": NOT_IN_PODS,
  "final-dot": BESIDE,
  "forward-max-concurrent-10000": BESIDE,
  "grace-period-1": IN_PODS,
  "grace-period-45": IN_PODS,
  "keepalive-probes-8": ON_NODES,
  "max-unavailable-0": IN_PODS,
  "ndots-1": IN_PODS,
  "ndots-2": IN_PODS,
  "next-upstream": BESIDE,
  "node-local-cache": BESIDE,
  "node-port-range": NOT_IN_PODS,
  "node-reserved-node-ports": ON_NODES,
  "node-somaxconn-65535": NOT_IN_PODS,
  "node-tw-reuse-1": NOT_IN_PODS,
  "overlay-tx-checksum-off": ON_NODES,
  "pod-annotation": IN_PODS,
  "pod-fastopen-3": refused(/SysctlForbidden: .*"net\.ipv4\.tcp_fastopen"/),
  "pod-fin-timeout-15": IN_PODS,
  "pod-path-direct": ON_NODES,
  "pod-path-vxlan": ON_NODES,
  "pod-port-range": IN_PODS,
  "pod-tw-reuse-1": refused(/SysctlForbidden: .*"net\.ipv4\.tcp_tw_reuse"/),
  "prestop-exec-sleep-10": IN_PODS,
  "prestop-native-sleep-10": IN_PODS,
  // Which lab it is: nothing is set.
  "proxy-iptables": BESIDE,
  "proxy-ipvs": OTHER_LAB,
  "proxy-nftables": OTHER_LAB,
  "readiness-period-1": IN_PODS,
  "replicas-2": BESIDE,
  "service-at-head": BESIDE,
  "single-request": IN_PODS,
  "single-request-reopen": IN_PODS,
  "single-request-reopen-musl": UNHEEDED,
  // A user's image is the user's.
  "stop-signal-quit": BESIDE,
  "surge-1-unavailable-0": IN_PODS,
  "timeout-1": IN_PODS,
  "use-vc": IN_PODS,
};

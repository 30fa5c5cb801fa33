import { z } from "zod";

/**
 * Every counter that a probe or a load worker reads over a block, by the name under which it is written. One vocabulary:
 * the agent writes these (programs/agent/probe, programs/agent/procfs), and no metric can name another.
 */
export const COUNTERS = [
  // TCP, per network namespace (/proc/net/snmp, netstat, sockstat)
  "activeOpens",
  "attemptFails",
  "inCsumErrors",
  "listenDrops",
  "listenOverflows",
  "outResets",
  "passiveOpens",
  "reqQFullDrop",
  "retransSegs",
  "synRetrans",
  "tcpFastOpenActive",
  "tcpFastOpenPassive",
  "tcpInUse",
  "tcpOrphan",
  "tcpTimeouts",
  "timeWaitSockets",
  // connection tracking, per network namespace (/proc/net/stat/nf_conntrack, nf_conntrack_max)
  "conntrackClashResolve",
  "conntrackDrop",
  "conntrackEarlyDrop",
  "conntrackEntries",
  "conntrackInsertFailed",
  "conntrackInvalid",
  "conntrackLimit",
  "conntrackSearchRestart",
  // the whole kernel's (/proc/net/softnet_stat, /proc/stat, /proc/pressure/cpu)
  "cpuIdleTicks",
  "cpuSoftirqTicks",
  "cpuStealTicks",
  "cpuSystemTicks",
  "cpuTotalTicks",
  "cpuUserTicks",
  "psiCpuSomeUs",
  "softnetDropped",
  "softnetTimeSqueeze",
] as const;
export const CounterName = z.enum(COUNTERS);
export type CounterName = z.infer<typeof CounterName>;

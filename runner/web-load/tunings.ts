import { IN_ALL_PODS, IN_CLIENTS, IN_NODES, nodeSysctl, podSysctl } from "../tunings/sysctl.ts";

/** The article's four, exactly as published: node sysctls, set by a privileged DaemonSet. */
export const articleTable = nodeSysctl({
  name: "conntrack-max-524288",
  key: "net.netfilter.nf_conntrack_max",
  value: "524288",
  scope: "kernel",
  onlyRaises: true,
  actsIn: IN_NODES,
  note: "a larger table moves the cliff; the rate at which it fills is the same",
});
export const articleFinTimeout = nodeSysctl({
  name: "fin-timeout-15",
  key: "net.ipv4.tcp_fin_timeout",
  value: "15",
  scope: "node",
  actsIn: IN_ALL_PODS,
  note: "per network namespace, and it bounds orphaned FIN_WAIT_2; TIME_WAIT is 60 s, fixed in the kernel",
});
export const articlePortRange = nodeSysctl({
  name: "node-port-range",
  key: "net.ipv4.ip_local_port_range",
  value: "1024 65535",
  scope: "node",
  actsIn: IN_CLIENTS,
  note: "per network namespace: a pod needs it in its securityContext.sysctls",
});
export const articleFastOpen = nodeSysctl({
  name: "fastopen-3",
  key: "net.ipv4.tcp_fastopen",
  value: "3",
  scope: "node",
  actsIn: IN_ALL_PODS,
  note: "per network namespace, and client and server must both ask for it in their code",
});

export const largeTable = nodeSysctl({
  name: "conntrack-max-1048576",
  key: "net.netfilter.nf_conntrack_max",
  value: "1048576",
  scope: "kernel",
  onlyRaises: true,
  actsIn: IN_NODES,
  note: "room for the launch peak; about 320 bytes of kernel memory an entry",
});
export const shortTimeWait = nodeSysctl({
  name: "conntrack-time-wait-30",
  key: "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
  value: "30",
  scope: "node",
  actsIn: IN_NODES,
  note: "entries of finished connections leave after 30 s instead of 120 s, so that the table settles at a quarter",
});
export const podPortRange = podSysctl({
  name: "pod-port-range",
  key: "net.ipv4.ip_local_port_range",
  value: "1024 65535",
  actsIn: IN_CLIENTS,
  note: "64 512 instead of 28 232 ports for each destination, in the pod, where connections are opened",
});

/** A placebo: it can't touch a connection that lives for milliseconds: whoever sees an effect of it sees noise. */
export const placebo = nodeSysctl({
  name: "keepalive-probes-8",
  key: "net.ipv4.tcp_keepalive_probes",
  value: "8",
  scope: "node",
  actsIn: IN_NODES,
  note: "a placebo: short-lived connections never send a keep-alive probe",
});

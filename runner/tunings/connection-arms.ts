import type { Arms, NodeSysctl, PodSysctl } from "./tuning.ts";

/** The article's four, exactly as published: node sysctls, set by a privileged DaemonSet. */
const articleTable: NodeSysctl = {
  kind: "node-sysctl",
  name: "conntrack-max-524288",
  key: "net.netfilter.nf_conntrack_max",
  value: "524288",
  scope: "kernel",
  actsIn: "node",
  note: "a larger table moves the cliff; the rate at which it fills is the same",
};
const articleFinTimeout: NodeSysctl = {
  kind: "node-sysctl",
  name: "fin-timeout-15",
  key: "net.ipv4.tcp_fin_timeout",
  value: "15",
  scope: "node",
  actsIn: "all-pods",
  note: "per network namespace, and it bounds orphaned FIN_WAIT_2; TIME_WAIT is 60 s, fixed in the kernel",
};
const articlePortRange: NodeSysctl = {
  kind: "node-sysctl",
  name: "node-port-range",
  key: "net.ipv4.ip_local_port_range",
  value: "1024 65535",
  scope: "node",
  actsIn: "client-pods",
  note: "per network namespace: a pod needs it in its securityContext.sysctls",
};
const articleFastOpen: NodeSysctl = {
  kind: "node-sysctl",
  name: "fastopen-3",
  key: "net.ipv4.tcp_fastopen",
  value: "3",
  scope: "node",
  actsIn: "all-pods",
  note: "per network namespace, and client and server must both ask for it in their code",
};

const largeTable: NodeSysctl = {
  kind: "node-sysctl",
  name: "conntrack-max-1048576",
  key: "net.netfilter.nf_conntrack_max",
  value: "1048576",
  scope: "kernel",
  actsIn: "node",
  note: "room for the launch peak; about 320 bytes of kernel memory an entry",
};
const shortTimeWait: NodeSysctl = {
  kind: "node-sysctl",
  name: "conntrack-time-wait-30",
  key: "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
  value: "30",
  scope: "node",
  actsIn: "node",
  note: "entries of finished connections leave after 30 s instead of 120 s, so that the table settles at a quarter",
};
const podPortRange: PodSysctl = {
  kind: "pod-sysctl",
  name: "pod-port-range",
  key: "net.ipv4.ip_local_port_range",
  value: "1024 65535",
  actsIn: "client-pods",
  note: "64 512 instead of 28 232 ports for each destination, in the pod, where connections are opened",
};

/** It can't touch a connection that lives for milliseconds: whoever sees an effect of it sees noise. */
const placebo: NodeSysctl = {
  kind: "node-sysctl",
  name: "keepalive-probes-8",
  key: "net.ipv4.tcp_keepalive_probes",
  value: "8",
  scope: "node",
  actsIn: "node",
  note: "a placebo: short-lived connections never send a keep-alive probe",
};

/** The arms of the suites that open many connections. */
export const CONNECTION_ARMS: Arms = {
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

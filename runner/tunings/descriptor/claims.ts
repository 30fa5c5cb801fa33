/** The list of claims that the catalogue goes by: what is widely said of Kubernetes networking, in the order of its rows. */
export const CLAIMS = [
  "Short-lived connections fill the conntrack table, and packets are dropped silently; a larger table cures it",
  "tcp_fin_timeout = 15 shortens TIME_WAIT",
  "ip_local_port_range = 1024 65535 gives enough ports",
  "tcp_fastopen = 3 makes connections faster",
  "The default ndots:5 multiplies look-ups; ndots:2 and single-request-reopen lower the load",
  "CoreDNS throttles, and a slow upstream resolver multiplies through a chain of calls",
  "iptables gets slow with the number of Services; nftables and eBPF do not",
  "An overlay costs bytes and CPU; checksum offload with VXLAN drops packets on some kernels",
  "Cilium with kubeProxyReplacement=strict",
  "Rolling updates behind a proxy give 502s; a preStop sleep of 10 s cures it",
  "Managed Kubernetes hides the nodes: sysctls can't be set",
  "CPU steal and noisy neighbours make latency spike",
  "Slow fsync breaks etcd's leader election",
  "Drivers and virtualization matter",
  "Round trips to users: 10 ms in the country, 30 to 40 ms abroad",
] as const;

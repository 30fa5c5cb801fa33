import { expect, test } from "vitest";
import { isAllowed, safetyOf } from "../../../../runner/analysis/kubernetes/safe-sysctls.ts";

test.each([
  ["net.ipv4.ip_local_port_range", "v1.20.0", "3.10.0", "safe"],
  ["net.ipv4.ip_local_port_range", "unknown", "unknown", "safe"],
  ["net.ipv4.ip_unprivileged_port_start", "v1.21.9", "6.1.0", "unsafe"],
  ["net.ipv4.ip_unprivileged_port_start", "v1.22.0", "6.1.0", "safe"],
  ["net.ipv4.ip_local_reserved_ports", "v1.27.3-gke.100", "3.10.0-1160.el7", "unsafe"],
  ["net.ipv4.tcp_fin_timeout", "v1.29.1-eks-1", "4.5.0", "unsafe"],
  ["net.ipv4.tcp_fin_timeout", "v1.29.1-eks-1", "4.6.0", "safe"],
  ["net.ipv4.tcp_keepalive_time", "unknown", "6.1.0", "unknown"],
  ["net.ipv4.tcp_keepalive_time", "v1.29.0", "unknown", "unknown"],
  ["net.ipv4.tcp_rmem", "v1.31.9", "6.1.0", "unsafe"],
  ["net.ipv4.tcp_rmem", "v1.32.0+k3s1", "4.15.0", "safe"],
  ["net.core.somaxconn", "v1.34.0", "6.12.0", "unsafe"],
  ["toString", "v1.34.0", "6.12.0", "unsafe"],
])("%s on kubelet %s and kernel %s is %s", (key, kubelet, kernel, is) => {
  expect(safetyOf(key, { kubelet, kernel }).is).toBe(is);
});

test.each([
  ["net.core.somaxconn", ["net.core.somaxconn"], true],
  ["net.core.somaxconn", ["net.core.*"], true],
  ["net.core.somaxconn", ["net/core/somaxconn"], true],
  ["net.core.somaxconn", ["net.ipv4.*", "net.core.rmem_max"], false],
  ["net.core.somaxconn", [], false],
])("%s by %j: %s", (key, patterns, allowed) => {
  expect(isAllowed(key, patterns)).toBe(allowed);
});

/** Pure: which sysctls a kubelet lets any pod set (kubernetes: pkg/kubelet/sysctl/safe_sysctls.go). */
import { minorOf } from "./versions.ts";

interface Safe {
  /** The minor version of the first kubelet that takes it for safe. */
  readonly kubelet: number;
  /** The first kernel that has it for each network namespace; null: every one that a kubelet runs on. */
  readonly kernel: readonly [major: number, minor: number] | null;
}

const SAFE: Readonly<Record<string, Safe>> = {
  "kernel.shm_rmid_forced": { kubelet: 0, kernel: null },
  "net.ipv4.ip_local_port_range": { kubelet: 0, kernel: null },
  "net.ipv4.tcp_syncookies": { kubelet: 0, kernel: null },
  "net.ipv4.ping_group_range": { kubelet: 18, kernel: null },
  "net.ipv4.ip_unprivileged_port_start": { kubelet: 22, kernel: null },
  "net.ipv4.ip_local_reserved_ports": { kubelet: 27, kernel: [3, 16] },
  "net.ipv4.tcp_keepalive_time": { kubelet: 29, kernel: [4, 5] },
  "net.ipv4.tcp_fin_timeout": { kubelet: 29, kernel: [4, 6] },
  "net.ipv4.tcp_keepalive_intvl": { kubelet: 29, kernel: [4, 5] },
  "net.ipv4.tcp_keepalive_probes": { kubelet: 29, kernel: [4, 5] },
  "net.ipv4.tcp_rmem": { kubelet: 32, kernel: [4, 15] },
  "net.ipv4.tcp_wmem": { kubelet: 32, kernel: [4, 15] },
};

/** A node, as far as it decides. */
export interface Versions {
  readonly kubelet: string;
  readonly kernel: string;
}

/** Whether a node takes it for safe; "unknown" where its version does not say. */
export type Safety = { readonly is: "safe" } | { readonly is: "unsafe" | "unknown"; readonly because: string };

export function safetyOf(key: string, { kubelet, kernel }: Versions): Safety {
  const safe = Object.hasOwn(SAFE, key) ? SAFE[key] : undefined;
  if (!safe) return { is: "unsafe", because: `${key} is unsafe` };
  if (safe.kubelet > 0) {
    const minor = minorOf(kubelet);
    const since = `${key} is safe since Kubernetes 1.${safe.kubelet}`;
    if (minor === null)
      return { is: "unknown", because: `${since}, and the kubelet's version (${kubelet}) tells none` };
    if (minor < safe.kubelet) return { is: "unsafe", because: `${since}, and this is 1.${minor}` };
  }
  if (safe.kernel === null) return { is: "safe" };
  const [major, minor] = safe.kernel;
  const since = `${key} is safe since kernel ${major}.${minor}`;
  const own = /^(\d+)\.(\d+)/.exec(kernel);
  if (!own) return { is: "unknown", because: `${since}, and the kernel's version (${kernel}) tells none` };
  const [ownMajor, ownMinor] = [Number(own[1]), Number(own[2])];
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return { is: "safe" };
  return { is: "unsafe", because: `${since}, and this is ${ownMajor}.${ownMinor}` };
}

/** Whether some kubelet on some kernel takes it for safe. */
export function isEverSafe(key: string): boolean {
  return Object.hasOwn(SAFE, key);
}

/** Whether it is safe on any node at all that a server of this version may have: its age does not matter then. */
export function isAlwaysSafe(key: string): boolean {
  return Object.hasOwn(SAFE, key) && SAFE[key]?.kubelet === 0 && SAFE[key]?.kernel === null;
}

/** As --allowed-unsafe-sysctls has them: names, or beginnings with a star. */
export function isAllowed(key: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? key.startsWith(pattern.slice(0, -1)) : pattern.replaceAll("/", ".") === key,
  );
}

/** When the kernel sends a connection's SYNs, so that a timed-out connect says how many of them were lost. */

/**
 * Seconds after the first SYN at which it is sent again. Since Linux 6.5 the first four back off linearly
 * (tcp_syn_linear_timeouts = 4, Documentation/networking/ip-sysctl.rst: last one after 67 s); before, all double.
 */
const RETRANSMITS_LINEAR_S = [1, 2, 3, 4, 5, 7, 11, 19, 35, 67];
const RETRANSMITS_DOUBLING_S = [1, 3, 7, 15, 31, 63];

/**
 * SYNs that a connection lost if it was not connected within `timeoutMs`: the first, and every later one before then.
 * @param kernel release as `uname -r` prints it; one that cannot be read is taken for a current one
 */
export function synsLostByTimeout(timeoutMs: number, kernel: string): number {
  const retransmits = backsOffLinearly(kernel) ? RETRANSMITS_LINEAR_S : RETRANSMITS_DOUBLING_S;
  return 1 + retransmits.filter((atS) => atS * 1000 < timeoutMs).length;
}

function backsOffLinearly(kernel: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  if (major === undefined || minor === undefined) return true;
  return Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 5);
}

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

/** A SYN that is sent again leaves with a timer's tick, and its answer takes its way. */
const LATEST_MS = 200;
const EARLIEST_MS = 10;
/** Later ones lie so far apart that hardly any connection waits for them. */
const TOLD_BY_S = [1, 2, 3, 4, 5, 7];

/** Whether a connection that took so long looks as if it had lost its first SYN, by either schedule. */
export function isSentAgain(connectMs: number): boolean {
  return TOLD_BY_S.some((atS) => connectMs >= 1000 * atS - EARLIEST_MS && connectMs <= 1000 * atS + LATEST_MS);
}

function backsOffLinearly(kernel: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  if (major === undefined || minor === undefined) return true;
  return Number(major) > 6 || (Number(major) === 6 && Number(minor) >= 5);
}

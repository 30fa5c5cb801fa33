/** How long a listen queue bears a process that accepts nothing. */

/** net.core.somaxconn since Linux 5.4 (include/linux/socket.h), with which each network namespace begins. */
export const SOMAXCONN = 4096;

/** One period of a CPU limit (cpu.cfs_period_us): for which a program that is held back by one accepts nothing. */
export const STALL_S = 0.1;

/**
 * Connections a second above which a queue overflows while its program accepts nothing for so long. One more may wait than
 * listen(2) was asked for (sk_acceptq_is_full in include/net/sock.h).
 */
export function queueTakes(backlog: number, stallS: number = STALL_S): number {
  return (backlog + 1) / stallS;
}

/** Seconds without an accept after which a queue of this length overflows. */
export function stallUntilOverflow(queue: number, perSecond: number): number {
  return queue / perSecond;
}

/** How long a listen queue bears a process that accepts nothing. */

/** net.core.somaxconn since Linux 5.4 (include/linux/socket.h), with which each network namespace begins. */
export const SOMAXCONN = 4096;

/** Seconds without an accept after which a queue of this length overflows. */
export function stallUntilOverflow(queue: number, perSecond: number): number {
  return queue / perSecond;
}

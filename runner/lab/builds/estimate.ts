/**
 * What a running build says: how far it is and how long it still takes at the pace so far. It says no time before there
 * is a pace to go by.
 */
export function estimate(compiled: number, total: number, elapsedMs: number): string {
  const count = `compiled ${compiled} of ${total} packages`;
  if (compiled < 20 || elapsedMs < 10_000) return count;
  // Packages are no equal work: the large ones and the linking come late, measured at a quarter of the whole.
  const leftMs = (elapsedMs / compiled) * (total - compiled) * 1.1 + elapsedMs * 0.1;
  return `${count}, about ${duration(leftMs)} left`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${Math.max(5, Math.round(seconds / 5) * 5)} s` : `${Math.round(seconds / 60)} min`;
}

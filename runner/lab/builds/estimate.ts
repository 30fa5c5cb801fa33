/**
 * What a running build says: how far it is and how long it still takes at the pace so far. It says no time before there
 * is a pace to go by.
 */
export function estimate(compiled: number, total: number, elapsedMs: number): string {
  const count = `compiled ${compiled} of ${total} packages`;
  if (compiled < 20 || elapsedMs < 10_000) return count;
  // Packages are not equal work: large ones come in the middle, and the linking at the end (measured on CoreDNS, 1 085
  // packages on 2 cores, where the plain pace promised two thirds of the time in the first half).
  const share = compiled / total;
  const leftMs = (elapsedMs / compiled) * (total - compiled) * (1 + 0.6 * (1 - share)) + 0.05 * elapsedMs;
  return `${count}, about ${duration(leftMs)} left`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${Math.max(5, Math.round(seconds / 5) * 5)} s` : `${Math.round(seconds / 60)} min`;
}

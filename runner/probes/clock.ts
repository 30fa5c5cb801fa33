/** Less than this may be a message's way to us; clocks that somebody keeps right are nearer to each other. */
const APART_MS = 500;

/** Pure: by how much another clock is to be taken to be ahead of ours. */
export function apart(aheadMs: number): number {
  return Math.abs(aheadMs) < APART_MS ? 0 : aheadMs;
}

import hypergeometricCdf from "@stdlib/stats-base-dists-hypergeometric-cdf";

interface Spoilt {
  readonly rounds: number;
  readonly spoilt: readonly unknown[];
}

/** Chance would leave the spoilt blocks so unevenly less often than this. */
const LEVEL = 0.1;

/**
 * Whether being spoilt depends on the arm: Fisher's exact test (1922), on the side to which it leans, doubled. Three of five
 * against none is past it (p = 0.17) only with more blocks; what is left to guess then is told by the warning's counts.
 */
export function dependsOnArm(baseline: Spoilt, tuned: Spoilt): boolean {
  const [a, b] = [baseline.spoilt.length, tuned.spoilt.length];
  const [few, many] = a * tuned.rounds <= b * baseline.rounds ? [baseline, tuned] : [tuned, baseline];
  if (a + b === 0 || few.rounds === 0 || many.rounds === 0) return false;
  const all = few.rounds + many.rounds;
  return 2 * hypergeometricCdf(few.spoilt.length, all, a + b, few.rounds) < LEVEL;
}

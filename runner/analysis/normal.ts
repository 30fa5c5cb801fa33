/** The standard normal distribution, for the large samples and the planning of rounds. */
import tQuantile from "@stdlib/stats-base-dists-t-quantile";

/** Student's t with this many degrees of freedom is the normal distribution to seven digits. */
const AS_GOOD_AS_NORMAL = 1e7;

export function normalQuantile(p: number): number {
  return tQuantile(p, AS_GOOD_AS_NORMAL);
}

/** P(Z ≥ z), absolute error below 1e-7 (Abramowitz & Stegun, "Handbook of Mathematical Functions", 26.2.17). */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

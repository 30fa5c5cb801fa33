/** Noise as machines make it, from one seed. Nothing of the judge is used here. */
export interface Noise {
  uniform(): number;
  normal(): number;
  /** Student's t with three degrees of freedom, scaled to unit variance: heavy tails. */
  heavy(): number;
  poisson(mean: number): number;
  /** Counts in bursts: negative binomial of this mean, variance mean + mean²/k. */
  bursts(mean: number, k: number): number;
}

export function noiseFrom(seed: number): Noise {
  let state = BigInt.asUintN(64, BigInt(seed) * 0x9e3779b97f4a7c15n + 1n);
  // xorshift64* (Marsaglia 2003, Vigna 2016); another generator than the product's, so that they can't agree by accident.
  const uniform = () => {
    state ^= state >> 12n;
    state = BigInt.asUintN(64, state ^ (state << 25n));
    state ^= state >> 27n;
    return Number(BigInt.asUintN(64, state * 0x2545f4914f6cdd1dn) >> 11n) / 2 ** 53;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const heavy = () => {
    const squares = normal() ** 2 + normal() ** 2 + normal() ** 2;
    return normal() / Math.sqrt(squares / 3) / Math.sqrt(3);
  };
  const poisson = (mean: number): number => {
    if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const end = Math.exp(-mean);
    let count = 0;
    for (let product = uniform(); product > end; product *= uniform()) count += 1;
    return count;
  };
  /** Gamma of integer or half shape, by sums: shape k, mean 1. */
  const gamma = (k: number) => {
    let total = 0;
    for (let i = 0; i < Math.floor(k); i++) total -= Math.log(1 - uniform());
    if (k % 1 !== 0) total += normal() ** 2 / 2;
    return total / k;
  };
  return { uniform, normal, heavy, poisson, bursts: (mean, k) => poisson(mean * gamma(k)) };
}

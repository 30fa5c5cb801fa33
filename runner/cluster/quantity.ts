const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * What a quantity of the Kubernetes API comes to, in its unit (cores, bytes): "3920m" is 3.92, "4Ti" is 2^42.
 * @returns undefined for what is no quantity
 */
export function quantityValue(quantity: string | undefined): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(quantity ?? "");
  if (!match) return undefined;
  const [, number = "", exponent, suffix = ""] = match;
  if (exponent !== undefined) return Number(`${number}e${exponent}`);
  return round(Number(number) * (FACTORS[suffix] ?? 1));
}

/** 3920 * 0.001 is 3.92 and a little more in binary; a quantity has no digit behind its billionths. */
function round(value: number): number {
  return Number.isInteger(value) || value >= 1e6 ? value : Number(value.toFixed(9));
}

/**
 * Single values that went wrong for a reason of their own (Hampel's filter): what lies further from the median of its
 * neighbourhood than noise does is drawn in to that distance. A change that lasts for three values stays as it is.
 */
import { median } from "../samples.ts";

/** Values on either side. Of five, three that changed are the middle. */
const REACH = 2;
const SIGMAS = 3;
/** Of the median of absolute deviations, where noise is normal. */
const SIGMA_OF_MEDIAN = 1.4826;
/** Of all values. What happens more often is how nights differ: drawn in, it would make stretches out of noise. */
const MOST_OUTLIERS = 0.25;

export function withOutliersDrawnIn(series: readonly number[]): number[] {
  const middles = series.map((value, i) => median(series.slice(Math.max(0, i - REACH), i + REACH + 1)) ?? value);
  const deviations = series.map((value, i) => Math.abs(value - (middles[i] ?? value)));
  const most = SIGMAS * SIGMA_OF_MEDIAN * (median(deviations) ?? 0);
  if (deviations.filter((each) => each > most).length > MOST_OUTLIERS * series.length) return [...series];
  return series.map((value, i) => {
    const middle = middles[i] ?? value;
    return Math.min(middle + most, Math.max(middle - most, value));
  });
}

const STEP = 1.25;
/** How close the highest rate that was held and the lowest that was not come in the end. */
const RESOLUTION = 1.03;
const LEAST_PER_SECOND = 20;
const MOST_PER_SECOND = 200_000;

/**
 * The highest rate that a tool holds: steps up or down from the guess until it lies between two rates, then halves what
 * is between them. A rate counts as not held when it was missed twice: another process may have been in the way once.
 * @returns null when it holds none
 */
export async function highestHeld(
  guessPerSecond: number,
  holds: (ratePerSecond: number) => Promise<boolean>,
): Promise<number | null> {
  const test = async (rate: number) => (await holds(rate)) || (await holds(rate));
  let held: number | null = null;
  let missed: number | null = null;
  for (let rate = guessPerSecond; held === null || missed === null; ) {
    if (rate < LEAST_PER_SECOND) return null;
    if (rate > MOST_PER_SECOND) return held;
    if (await test(rate)) {
      held = rate;
      rate = Math.round(rate * STEP);
    } else {
      missed = rate;
      rate = Math.round(rate / STEP);
    }
  }
  while (missed / held > RESOLUTION) {
    const between = Math.round((held + missed) / 2);
    if (await test(between)) held = between;
    else missed = between;
  }
  return held;
}

/** Rounds, as the quick suites plan them. */
export const PLANNED = 10;

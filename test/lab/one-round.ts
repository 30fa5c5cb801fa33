/**
 * For tests that ask what a run tells, whatever it finds: the small size, one round, and as a rule none in place of what a busy
 * machine spoilt. A minute is over when that would begin.
 */
export const ONE_ROUND = ["--quick", "--rounds", "1", "--max-minutes", "1"] as const;

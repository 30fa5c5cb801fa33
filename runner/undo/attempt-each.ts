import { EnvironmentError, reasonOf } from "../errors.ts";

/**
 * Does each in turn, though others fail: as much as can be undone is undone.
 * @throws afterwards what failed, in one sentence
 */
export async function attemptEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  // Several may have one reason, as when no agent can be reached.
  const reasons = new Set(failures.map(reasonOf));
  if (reasons.size > 0) throw new EnvironmentError([...reasons].join("; "));
}

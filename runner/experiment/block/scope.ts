/** What is to be undone when a piece of work ends, however it ends. */
export interface Scope {
  /** The last one deferred is undone first. */
  defer(undo: () => Promise<void> | void): void;
}

/**
 * Runs work and then all that it deferred, in reverse order, each of them whatever became of the others.
 * @throws what the work threw, or else what the first undoing threw
 */
export async function withScope<T>(work: (scope: Scope) => Promise<T>): Promise<T> {
  const undoings: (() => Promise<void> | void)[] = [];
  const undoAll = async () => {
    const failures: unknown[] = [];
    for (const undo of undoings.reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  };
  let value: T;
  try {
    value = await work({ defer: (undo) => undoings.push(undo) });
  } catch (error) {
    await undoAll(); // the first error is the one to tell
    throw error;
  }
  const [failure] = await undoAll();
  if (failure !== undefined) throw failure;
  return value;
}

/**
 * Waits for pieces of work that go on at the same time. If one fails it still waits for the other: only then has the scope
 * been told of all that they made.
 */
export async function together<A, B>(...work: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

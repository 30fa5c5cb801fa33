/** Lets pieces of work that go on at the same time wait for one another. */
export interface Rendezvous {
  /**
   * Runs them at the same time and waits for all of them, whatever becomes of the others. Who has ended is waited for no longer.
   * @throws what the first of them threw, in their order
   */
  together<T>(work: readonly (() => Promise<T>)[]): Promise<T[]>;
  /** Returns when all that still work are here; at once for who works alone. */
  meet(): Promise<void>;
}

export function rendezvous(): Rendezvous {
  let working = 0;
  let here: (() => void)[] = [];
  const goOnIfComplete = () => {
    if (here.length < working) return;
    const all = here;
    here = [];
    for (const goOn of all) goOn();
  };
  return {
    async together(work) {
      working = work.length;
      const running = work.map(async (each) => {
        try {
          return await each();
        } finally {
          working -= 1;
          goOnIfComplete();
        }
      });
      await Promise.allSettled(running);
      return Promise.all(running);
    },
    meet: () =>
      new Promise((resolve) => {
        here.push(resolve);
        goOnIfComplete();
      }),
  };
}

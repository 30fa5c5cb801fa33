import { type Arms, allArms } from "../runs/comparison.ts";

export interface Kill extends Arms {
  /** Of a typical run, from its start to its end. */
  readonly at: number;
  readonly healing: "restore" | "restore-elsewhere" | "nobody";
}

/** Every so many are restored from another machine first: it has to see for 45 s that the runner is dead. */
const ELSEWHERE_EVERY = 5;

/** Arms in random order, all of them before any comes again, at instants uniform over the run; seeded. */
export function killPlan(kills: number, unaided: number, uniform: () => number): Kill[] {
  let waiting: Arms[] = [];
  return Array.from({ length: kills }, (_, index) => {
    if (waiting.length === 0) waiting = shuffled(allArms(), uniform);
    const arms = waiting.pop() as Arms;
    const healing =
      index >= kills - unaided
        ? "nobody"
        : index % ELSEWHERE_EVERY === ELSEWHERE_EVERY - 1
          ? "restore-elsewhere"
          : "restore";
    return { ...arms, at: uniform(), healing };
  });
}

/** Fisher–Yates. */
function shuffled<T>(all: readonly T[], uniform: () => number): T[] {
  const order = [...all];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

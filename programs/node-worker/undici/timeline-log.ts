import { TIMELINE_PREFIX, type TimelineLine } from "./timeline.ts";

/**
 * Keeps timelines until the load is over: writing to a slow reader would hold the load up. Of the good requests it
 * takes every n-th, so that no more than wanted are kept of as many as are expected; of the failed ones it takes all, up
 * to the same number.
 */
export class TimelineLog {
  leftOut = 0;
  readonly #most: number;
  readonly #every: number;
  readonly #lines: string[] = [];
  #failed = 0;

  constructor(most: number, expected: number) {
    this.#most = most;
    this.#every = most === 0 ? 0 : Math.max(Math.ceil(expected / most), 1);
  }

  add(line: TimelineLine): void {
    if (line.out === "ok" ? this.#every > 0 && line.n % this.#every === 0 : this.#failed++ < this.#most) {
      this.#lines.push(`${TIMELINE_PREFIX}${JSON.stringify(line)}`);
    } else {
      this.leftOut++;
    }
  }

  lines(): readonly string[] {
    return this.#lines;
  }
}

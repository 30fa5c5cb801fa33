import type { LoadClock } from "./load-clock.ts";

export interface Pending {
  /** When its time is up, in ms from the load's start. */
  readonly deadlineMs: number;
  expire(): void;
}

/** Ends requests whose time is up, with one timer for all: as all have the same timeout, the oldest is always next. */
export class Deadlines {
  readonly #clock: LoadClock;
  readonly #pending = new Set<Pending>(); // in the order of their deadlines
  #timer: NodeJS.Timeout | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(clock: LoadClock) {
    this.#clock = clock;
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  add(request: Pending): void {
    this.#pending.add(request);
    if (this.#timer === undefined) this.#arm(request);
  }

  remove(request: Pending): void {
    this.#pending.delete(request);
    if (this.#pending.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#whenIdle?.();
  }

  /** Resolves when nothing is in flight any more. */
  async idle(): Promise<void> {
    if (this.#pending.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  #arm(oldest: Pending): void {
    clearTimeout(this.#timer);
    // After the sockets' turn: of a process that was held up, the response may be there already.
    this.#timer = setTimeout(
      () => setImmediate(() => this.#expire()),
      Math.max(oldest.deadlineMs - this.#clock.nowMs(), 1),
    );
  }

  #expire(): void {
    for (const request of this.#pending) {
      if (request.deadlineMs > this.#clock.nowMs()) {
        this.#arm(request);
        return;
      }
      request.expire();
    }
  }
}

/**
 * How long work tells the person who waits for it what is going on. The command line draws it; everything below it only
 * reports. Steps may nest and run side by side.
 */
export interface Progress {
  /** Runs `work` under a title; `update` replaces the step's detail line. */
  step<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T>;
  /** One line that stays on screen. */
  note(text: string): void;
}

/** Says nothing. */
export const silent: Progress = {
  step: (_title, work) => work(() => {}),
  note: () => {},
};

/** Progress as lines of a log, where nothing can be drawn again. */

/** In a CI job: what happens meanwhile goes into one line. */
export const CI_EVERY_MS = 10_000;
const BETWEEN = " · ";

export interface PlainLines {
  say(text: string): void;
  /** Of something that may end before its line is printed; then only its end is. */
  began(of: object, text: string): void;
  ended(of: object, text: string): void;
  /** Since the last line was printed. */
  silentMs(): number;
  /** Prints what waits. */
  flush(): void;
}

interface PlainOptions {
  /** The least from one line to the next; 0: each is printed at once. */
  readonly everyMs: number;
  readonly nowMs?: () => number;
}

export function plainLines(write: (line: string) => void, { everyMs, nowMs = Date.now }: PlainOptions): PlainLines {
  let waiting: { readonly of: object | null; readonly text: string }[] = [];
  let printedAtMs = Number.NEGATIVE_INFINITY;
  const begunAtMs = nowMs();
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const line = waiting.map(({ text }) => text).join(BETWEEN);
    waiting = [];
    printedAtMs = nowMs();
    write(line);
  };
  const add = (of: object | null, text: string) => {
    waiting.push({ of, text });
    const inMs = printedAtMs + everyMs - nowMs();
    if (inMs <= 0) return flush();
    timer ??= setTimeout(flush, inMs);
    timer.unref();
  };
  return {
    say: (text) => add(null, text),
    began: (of, text) => add(of, text),
    ended(of, text) {
      waiting = waiting.filter((each) => each.of !== of);
      add(null, text);
    },
    silentMs: () => nowMs() - Math.max(printedAtMs, begunAtMs),
    flush,
  };
}

/** As CI systems set it; "false" and "0" are what people write to be none. */
export function isCi({ CI = "" }: { readonly CI?: string | undefined }): boolean {
  return !["", "0", "false"].includes(CI.toLowerCase());
}

/** What whoever watches a comparison, or one arm's run, is shown: in the terminal, and on a page if that was asked for. */
import { pageView } from "../../../reports/live/page-view.ts";
import { liveLine, liveLines } from "../../../reports/live/terminal.ts";
import type { LiveEvent, LiveListener } from "../../analysis/live/events.ts";
import { type LiveState, NOTHING_YET, next } from "../../analysis/live/state.ts";
import { reasonOf } from "../../errors.ts";
import { printable } from "../../printable.ts";
import type { Progress } from "../../progress.ts";
import { terminalProgress } from "../terminal-progress.ts";
import { livePage } from "./page.ts";
import { type LivePage, serveLive } from "./serve.ts";

/** One page a second is what an eye follows, and what costs the machine next to nothing. */
const SHOW_MS = 1_000;

export interface WatchedRun {
  readonly progress: Progress;
  readonly onLive: LiveListener;
  /**
   * From now on also on a page.
   * @throws EnvironmentError if nothing can listen on loopback
   */
  serve(): Promise<void>;
  /** The page shows its end, and its server ends with it. */
  over(page: string | undefined): void;
  /** Ends what is drawn; may be called again. */
  stop(): void;
}

export function watchRun(stream: NodeJS.WriteStream): WatchedRun {
  let state: LiveState = NOTHING_YET;
  let failed = false;
  let page: LivePage | undefined;
  let timer: NodeJS.Timeout | undefined;
  const progress = terminalProgress(stream, {
    region: {
      lines: (terminal) => guarded(() => liveLines(state, Date.now(), terminal), []),
      line: () => guarded(() => liveLine(state, Date.now()), null),
    },
  });

  /** Whoever watches must never be what a run fails by. */
  function guarded<T>(work: () => T, otherwise: T): T {
    if (failed) return otherwise;
    try {
      return work();
    } catch (error) {
      failed = true;
      progress.note(`The live view ends here, and the run goes on: ${reasonOf(error)}`);
      return otherwise;
    }
  }
  const tell = (event: LiveEvent) =>
    guarded(() => {
      state = next(state, { ...event, atUnixMs: Date.now() });
    }, undefined);
  const show = () => guarded(() => page?.show("view", pageView(state, Date.now())), undefined);

  const end = (file: string | undefined) => {
    tell({ kind: "over", page: file ?? null });
    show();
  };

  return {
    progress: toldToo(progress, tell),
    onLive: tell,
    async serve() {
      page = await serveLive(livePage("experiment"));
      progress.note(`Live at ${page.url}`);
      timer = setInterval(show, SHOW_MS);
      timer.unref();
      show();
    },
    over: end,
    stop() {
      clearInterval(timer);
      // Whoever threw tells the user why.
      if (state.over === null) end(undefined);
      page?.close();
      page = undefined;
      progress.stop();
    },
  };
}

/** What is told while one waits is told to the live view as well. */
function toldToo(progress: Progress, tell: LiveListener): Progress {
  let begun = 0;
  return {
    step(title, work) {
      const step = begun++;
      return progress.step(title, async (update) => {
        tell({ kind: "step-began", step, title: printable(title) });
        try {
          return await work((detail) => {
            update(detail);
            tell({ kind: "step-told", step, detail: printable(detail) });
          });
        } finally {
          tell({ kind: "step-ended", step });
        }
      });
    },
    note(text) {
      progress.note(text);
      tell({ kind: "noted", text: printable(text) });
    },
  };
}

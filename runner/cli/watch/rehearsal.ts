import type { Viewer } from "../../rehearsal/run/rehearse.ts";
import type { RehearsedStage } from "../../result/rehearsal.ts";
import { livePage } from "./page.ts";
import { serveLive } from "./serve.ts";

export interface WatchedRehearsal extends Viewer {
  readonly url: string | null;
  over(): void;
}

/** Shows a rehearsal on a page at a loopback address. */
export async function watchRehearsal(): Promise<WatchedRehearsal> {
  const live = await serveLive(livePage("rehearsal"));
  let number = 0;
  return {
    url: live.url,
    second: (stage, second, guards) => live.tell("second", { stage, number, second, budgets: guards.states() }),
    stage(stage) {
      number++;
      live.tell("stage", short(stage));
    },
    over() {
      live.tell("over", {});
      live.close();
    },
  };
}

/** Nobody watches. */
export const UNWATCHED: WatchedRehearsal = { url: null, second: () => {}, stage: () => {}, over: () => {} };

function short({ kind, ratePerSecond, end, breach, latencyMs }: RehearsedStage) {
  return { kind, ratePerSecond, end, breach, latencyMs };
}

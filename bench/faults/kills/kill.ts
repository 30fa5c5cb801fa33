import { setTimeout as sleep } from "node:timers/promises";
import { type Outcome, outcome } from "../report/outcome.ts";
import { comparison, newFolder, onLab, type Undisturbed } from "../runs/comparison.ts";
import { aided, unaided } from "../runs/healing.ts";
import { shownBy } from "../runs/judged.ts";
import { packetwalk } from "../runs/packetwalk.ts";
import type { Setting } from "../setting.ts";
import type { Kill } from "./plan.ts";

const RESTORING: Readonly<Record<Kill["healing"], string>> = {
  restore: "then restore",
  "restore-elsewhere": "then restore from another machine",
  nobody: "then nobody does anything",
};

/** A run that was over before its instant is none that was killed: another instant is drawn. */
export async function killRunner(setting: Setting, kill: Kill, typical: Undisturbed): Promise<Outcome> {
  const { signal } = setting;
  for (let { at } = kill; ; at = setting.uniform()) {
    const out = await newFolder(setting);
    const run = packetwalk(comparison(kill, out, onLab(setting)), {}, signal);
    const due = sleep(at * typical.seconds * 1000, "due" as const, { signal });
    const first = await Promise.race([due, run.ended]);
    signal.throwIfAborted();
    if (first !== "due") continue;
    run.kill();
    const killedAtMs = performance.now();
    const ended = await run.ended;
    if (ended.killedBy !== "SIGKILL") continue;
    const shown = await shownBy(ended, out, typical.verdict, true);
    const healed =
      kill.healing === "nobody"
        ? await unaided(setting, killedAtMs)
        : await aided(setting, kill.healing === "restore-elsewhere");
    return outcome({
      fault: kill.healing === "nobody" ? "kill-unaided" : "kill",
      did: `kill -9 after ${ended.seconds.toFixed(1)} s, in: ${stepOf(ended.stderr)}; ${RESTORING[kill.healing]}`,
      suite: kill.suite,
      arms: [kill.baseline, kill.tuned],
      ...shown,
      ...healed,
      problems: [...shown.problems, ...healed.problems],
    });
  }
}

/** The innermost step that had begun and not ended. */
function stepOf(stderr: string): string {
  const open: string[] = [];
  for (const line of stderr.split("\n")) {
    const [mark, title] = [line[0], line.slice(2)];
    if (mark === "…") open.push(title);
    const ended = mark === "✓" || mark === "✗" ? open.findLastIndex((each) => title.startsWith(each)) : -1;
    if (ended >= 0) open.splice(ended, 1);
  }
  return open.at(-1) ?? "no step";
}

import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../../../runner/errors.ts";
import { agentsDoing } from "../lab/processes.ts";
import { type Outcome, outcome } from "../report/outcome.ts";
import { comparison, FLOOD, newFolder, onLab, type Undisturbed } from "../runs/comparison.ts";
import { afterRun } from "../runs/healing.ts";
import { shownBy } from "../runs/judged.ts";
import { type Process, packetwalk } from "../runs/packetwalk.ts";
import type { Setting } from "../setting.ts";
import type { Fault, Given } from "./fault.ts";

/** The one after the warm-up: there is a block to keep then, and others to come. */
const STRUCK = /^… Block 2\b/m;
/** Of its 5 s of load. */
const INTO_LOAD_MS = 1_500;
const LOAD_COMES_MS = 60_000;

/** Lets the fault hit a flood in a block, and looks what becomes of that. */
export async function tryFault(setting: Setting, fault: Fault, typical: Undisturbed): Promise<Outcome> {
  const { signal } = setting;
  const given: Given = (await fault.prepare?.(setting)) ?? {};
  let isCalm = false;
  const calm = async () => {
    if (!isCalm) await given.calm?.();
    isCalm = true;
  };
  try {
    const out = given.out ?? (await newFolder(setting));
    const run = packetwalk(comparison(FLOOD, out, given.where ?? onLab(setting)), given, signal);
    const seen = await struck(setting, fault, given, run);
    const ended = await run.ended;
    signal.throwIfAborted();
    const shown = await shownBy(ended, out, typical.verdict, false);
    await calm();
    const healed = await afterRun(setting, ended.stderr);
    const unsaid = fault.saying && !fault.saying.test(ended.stderr) ? [`it does not say ${fault.saying}`] : [];
    return outcome({
      fault: fault.name,
      did: fault.does,
      suite: FLOOD.suite,
      arms: [FLOOD.baseline, FLOOD.tuned],
      ...shown,
      ...healed,
      problems: [...seen, ...unsaid, ...shown.problems, ...healed.problems],
    });
  } finally {
    await calm();
    await given.remove?.();
  }
}

async function struck(setting: Setting, fault: Fault, given: Given, run: Process): Promise<readonly string[]> {
  if (!fault.strike) return [];
  const { own, signal } = setting;
  if (!(await run.says(STRUCK))) return ["it ended before the fault came"];
  try {
    await agentsDoing(own, "flood", LOAD_COMES_MS, signal);
    await sleep(INTO_LOAD_MS, undefined, { signal });
    return await fault.strike(setting, given);
  } catch (error) {
    signal.throwIfAborted();
    return [`the fault itself failed: ${reasonOf(error)}`];
  }
}

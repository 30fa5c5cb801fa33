import { join } from "node:path";
import { EXIT } from "../../../runner/cli/exit-codes.ts";
import { comparison, FLOOD, newFolder, onLab } from "../runs/comparison.ts";
import { packetwalk, type Ways } from "../runs/packetwalk.ts";
import type { Setting } from "../setting.ts";
import type { Fault } from "./fault.ts";
import { byKubeconfig } from "./where.ts";

/** A second one on this machine, and one on another that has no journal of the first. */
export const twoRunners: Fault = {
  name: "two-runners",
  does: "two more runners in the namespace of one that runs",
  async strike(setting) {
    const elsewhere = { env: { XDG_STATE_HOME: join(setting.own.folder, "another-machine") } };
    const here = await refused(setting, onLab(setting), {}, "a second runner");
    const there = await refused(setting, byKubeconfig(setting), elsewhere, "one of another machine");
    return [...here, ...there];
  },
};

/** It has to be told who is there, and to change nothing. */
async function refused(setting: Setting, where: readonly string[], ways: Ways, who: string): Promise<string[]> {
  const out = await newFolder(setting);
  const { code, lastWords } = await packetwalk(comparison(FLOOD, out, where), ways, setting.signal).ended;
  const isTold = code === EXIT.environment && /process \d+ on .+, since /.test(lastWords);
  return isTold ? [] : [`${who} was not refused with who is there: exit ${code}, ${lastWords}`];
}

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError, reasonOf, UsageError } from "../errors.ts";
import { exampleFiles } from "../rehearsal/examples.ts";
import { shellWord } from "../shell-word.ts";

/**
 * Writes a plan to start from, with what it names, and says what to do with it. Nothing that is there is overwritten.
 * @throws UsageError, EnvironmentError
 */
export function writeExample(kind: string, folder: string): string {
  const files = exampleFiles(kind);
  const [plan] = files;
  const there = files.find(({ name }) => existsSync(join(folder, name)));
  if (there) throw new UsageError(`--init: ${there.name} is there already; move it, or write in another folder`);
  for (const { name, text } of files) {
    try {
      writeFileSync(join(folder, name), text, { flag: "wx" });
    } catch (error) {
      throw new EnvironmentError(`--init: ${name} can't be written: ${reasonOf(error)}`);
    }
  }
  const names = files.map(({ name }) => name).join(" and ");
  return `Written: ${names}. Runs as it is on the lab: packetwalk rehearse ${shellWord(plan.name)}\n`;
}

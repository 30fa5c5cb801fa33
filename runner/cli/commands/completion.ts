import { readFileSync } from "node:fs";
import { Argument, type Command } from "commander";

/** With the ending that its script's file has. */
const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

export function addCompletion(command: Command): void {
  command.addArgument(new Argument("<shell>", "whose script to print").choices(SHELLS)).action((shell: Shell) => {
    process.stdout.write(readFileSync(new URL(`../completion/packetwalk.${shell}`, import.meta.url), "utf8"));
  });
}

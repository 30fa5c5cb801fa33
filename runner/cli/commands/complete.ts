import type { Command } from "commander";

/** Its first line says what completes the last word, `words`, `files` or `folders`; then come words, each with a tab and its meaning. */
export function addComplete(command: Command): void {
  command
    .argument("[words...]", "of the command line after packetwalk, as far as it is typed")
    .action(async (words: string[]) => {
      const { answerOf } = await import("../completion/answer.ts");
      const { source, choices } = await answerOf(command.parent ?? command, words);
      const lines = choices.map(({ word, about }) => (about === "" ? word : `${word}\t${about}`));
      process.stdout.write(`${[source, ...lines].join("\n")}\n`);
    });
}

/** docs/cli.md; pure. */
import type { DescribedCommand, DescribedProgram, Taken } from "./commands.ts";
import { code, GENERATED, markdownText } from "./markdown-text.ts";

export function cliPage({ description, commands, target }: DescribedProgram): string {
  const contents = commands.map(
    ({ name, description: what }) => `| [${code(name)}](#${anchor(name)}) | ${markdownText(what)} |`,
  );
  return `${[
    GENERATED,
    "# Command line",
    `${markdownText(description)}. The same as a man page: [packetwalk.1](packetwalk.1). What the shell completes: [completion.md](completion.md). Error messages: [troubleshooting.md](troubleshooting.md).`,
    ["| command | what it does |", "| --- | --- |", ...contents].join("\n"),
    ...commands.flatMap(commandPart),
    "## Which cluster",
    "The options of every command that says so above.",
    list(target),
  ].join("\n\n")}\n`;
}

function commandPart(command: DescribedCommand): string[] {
  const { name, description, partOf, usage, arguments: operands, groups, takesTarget, ends, example } = command;
  return [
    `## packetwalk ${name}`,
    [partOf, description].flatMap((each) => (each === null ? [] : [sentence(each)])).join(" "),
    `\`\`\`\npacketwalk ${name} ${usage}\n\`\`\``,
    ...(operands.length > 0 ? ["**Arguments**", list(operands)] : []),
    ...groups.flatMap(({ title, options }) => [`**${markdownText(title ?? "Options")}**`, list(options)]),
    ...(takesTarget ? ["And the options that say [which cluster](#which-cluster)."] : []),
    "**Exit codes**",
    [...ends].map(([exit, words]) => `- ${exit}: ${markdownText(words)}`).join("\n"),
    "**Example**",
    `\`\`\`\n${example}\n\`\`\``,
  ];
}

function list(taken: readonly Taken[]): string {
  return taken.map(({ term, about }) => `- ${code(term)}: ${markdownText(about)}`).join("\n");
}

function sentence(text: string): string {
  return `${markdownText(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

/** As GitHub makes it of the heading. */
function anchor(name: string): string {
  return `packetwalk-${name.replaceAll(" ", "-")}`;
}

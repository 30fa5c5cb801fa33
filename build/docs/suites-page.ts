/** docs/suites.md; pure. */
import type { ReportedSuite } from "../../suites/define-suite.ts";
import { code, GENERATED, markdownText } from "./markdown-text.ts";

export function suitesPage(suites: readonly ReportedSuite[]): string {
  return `${[
    GENERATED,
    "# Suites",
    "What packetwalk can ask of a cluster. Each suite's own page tells what a block does, what is judged and what to expect; what the tunings do is in the [catalogue](tuning-catalogue.md), and the options that all suites have in [cli.md](cli.md#packetwalk-compare).",
    ...suites.flatMap(part),
  ].join("\n\n")}\n`;
}

function part({ name, question, load, plan, sideBySide, arms, options }: ReportedSuite): string[] {
  const own = Object.values(options);
  const rows = Object.entries(arms).map(
    ([arm, tunings]) =>
      `| ${code(arm)} | ${tunings.map((each) => `[${code(each)}](tuning-catalogue.md#${each})`).join(", ") || "nothing"} |`,
  );
  const engine =
    load.kind === "http"
      ? `${code(load.engine.name)}, unless ${code("--engine")} names another`
      : `its own (${load.engine})`;
  const beside =
    sideBySide === null
      ? "one after the other: two blocks would fill what they share"
      : `at the same time where every node has ${sideBySide.cpus} CPUs, else one after the other`;
  return [
    `## ${name}`,
    markdownText(question),
    [
      `- **All of it**: [suites/${name}/README.md](../suites/${name}/README.md)`,
      `- **Load**: ${engine}`,
      `- **Rounds**: ${plan("full").rounds}, with ${code("--quick")} ${plan("quick").rounds}`,
      `- **The arms' blocks**: ${beside}`,
      ...own.map(({ flags, description }) => `- **Option** ${code(flags)}: ${markdownText(description)}`),
    ].join("\n"),
    ["| arm | tunings |", "| --- | --- |", ...rows].join("\n"),
    `\`\`\`\npacketwalk compare ${name} --quick --tuned recommended\n\`\`\``,
  ];
}

/** docs/tuning-catalogue.md; pure. */
import type { TuningEntry } from "../../runner/cli/tuning-entry.ts";
import { CLAIMS } from "../../runner/tunings/descriptor/claims.ts";
import { code, GENERATED, markdownText } from "./markdown-text.ts";

export function tuningPage(entries: readonly TuningEntry[]): string {
  const rows = entries.map(
    ({ name, title, scope, suites }) =>
      `| [${code(name)}](#${name}) | ${markdownText(title)} | ${scope} | ${suites.join(", ")} |`,
  );
  return `${[
    GENERATED,
    "# Catalogue of tunings",
    "Every tuning that comes with packetwalk, from its descriptor in [manifests/tunings](../manifests/tunings). What the fields mean, and how to write one of your own: [tunings.md](tunings.md). What of it can be applied on a cluster: `packetwalk tunings --here`.",
    "## By claim\n\nWhat is widely said, and which tunings are remedies of it, as published or as recommended today. Where there is none, no suite here has a setting that is a remedy of it.",
    ["| row | claim | remedies |", "| --- | --- | --- |", ...claimRows(entries)].join("\n"),
    "## All of them",
    ["| name | what it is | set in | staged by |", "| --- | --- | --- | --- |", ...rows].join("\n"),
    ...entries.flatMap(part),
  ].join("\n\n")}\n`;
}

function claimRows(entries: readonly TuningEntry[]): string[] {
  return CLAIMS.map((claim, index) => {
    const remedies = entries
      .filter((entry) => entry.claim === index + 1)
      .map(({ name }) => `[${code(name)}](#${name})`);
    return `| ${index + 1} | ${markdownText(claim)} | ${remedies.length === 0 ? "none" : remedies.join(", ")} |`;
  });
}

function part(entry: TuningEntry): string[] {
  const { name, title, setting, kind, scope, claim, actsIn, readBack, undo, note, sideEffects, nodeChange, source } =
    entry;
  const facts: ReadonlyArray<readonly [string, string | null]> = [
    ["Sets", code(setting)],
    ["Kind, scope", `${code(kind)}, ${code(scope)}`],
    ["Claim", claim === "none" ? "none" : `[row ${claim}](#by-claim)`],
    ["Has to act", `in ${markdownText(actsIn.words)}`],
    ["Read back", markdownText(readBack)],
    ["Undone", markdownText(undo)],
    ["What it does", markdownText(note)],
    ["Side effects", sideEffects === null ? null : markdownText(sideEffects)],
    [
      "On nodes",
      nodeChange === null ? null : `${markdownText(nodeChange)}: takes ${code("--allow-node-changes")}, but in the lab`,
    ],
    ["Source", `<${source}>`],
    ["Try it", code(entry.try)],
  ];
  return [
    `## ${name}`,
    `${markdownText(title)}.`,
    facts.flatMap(([label, words]) => (words === null ? [] : [`- **${label}**: ${words}`])).join("\n"),
  ];
}

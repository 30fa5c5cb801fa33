/** docs/packetwalk.1, by the macros of man(7); pure. */
import type { DescribedCommand, DescribedProgram, Taken } from "./commands.ts";
import { ENVIRONMENT, EXIT_STATUS, FILES, SEE_ALSO } from "./man-facts.ts";

export function manPage({ description, version, commands, target }: DescribedProgram): string {
  const lines = [
    '.\\" npm run docs writes this file; what it says stands in the sources.',
    `.TH PACKETWALK 1 "" "packetwalk ${version}" "User Commands"`,
    ".SH NAME",
    `packetwalk \\- ${roff(description.charAt(0).toLowerCase() + description.slice(1))}`,
    ".SH SYNOPSIS",
    ...commands.flatMap(({ name, usage }) => [".P", `\\fBpacketwalk ${roff(name)}\\fR ${roff(usage)}`]),
    ".SH DESCRIPTION",
    "packetwalk deploys reference workloads into a Kubernetes cluster, puts them under load, and compares a baseline with",
    "a tuned configuration on the same cluster, in alternating blocks. Without",
    "\\fB\\-\\-kubeconfig\\fR or \\fB\\-\\-context\\fR it works in a Kubernetes of its own on this machine, the lab.",
    ".SH COMMANDS",
    ...commands.flatMap(commandPart),
    ".SH OPTIONS",
    "Which cluster; of each command above that says so.",
    ...listed(target),
    ".P",
    "Every command has \\fB\\-\\-help\\fR. \\fBpacketwalk \\-\\-version\\fR prints the version.",
    ".SH EXIT STATUS",
    ...listed(EXIT_STATUS),
    ".SH FILES",
    ...listed(FILES),
    ".SH ENVIRONMENT",
    ...listed(ENVIRONMENT),
    ".SH EXAMPLES",
    ...commands.flatMap(({ example }) => [".P", ".EX", `${roff(example)}`, ".EE"]),
    ".SH SEE ALSO",
    SEE_ALSO.map((page) => page.replace(/^(.*)(\(\d\))$/, "\\fB$1\\fR$2")).join(", "),
  ];
  return `${lines.join("\n")}\n`;
}

function commandPart({
  name,
  description,
  partOf,
  arguments: operands,
  groups,
  takesTarget,
  ends,
}: DescribedCommand): string[] {
  const codes = [...ends].map(([exit, words]) => `${exit} (${words})`).join("; ");
  return [
    `.SS packetwalk ${roff(name)}`,
    ...[partOf, description].flatMap((each) => (each === null ? [] : [sentence(each)])),
    ...listed(operands),
    ...groups.flatMap(({ title, options }) => [
      ...(title === null ? [] : [".P", `${roff(title)}:`]),
      ...listed(options),
    ]),
    ...(takesTarget ? [".P", "Also the options that say which cluster (see OPTIONS)."] : []),
    ".P",
    `Exits with ${roff(codes)}.`,
  ];
}

function sentence(text: string): string {
  return `${roff(text.charAt(0).toUpperCase() + text.slice(1))}.`;
}

function listed(taken: readonly Taken[]): string[] {
  return taken.flatMap(({ term, about }) => [".TP", `\\fB${roff(term)}\\fR`, roff(about)]);
}

/** Words as they are: hyphens that can be copied, no escape, no request at the beginning of a line, ASCII alone. */
export function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll("`", "\\(ga")
    .replace(/^([.'])/, "\\&$1")
    .replace(
      /[^\x20-\x7e]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Violation } from "./violation.ts";

const NAMED_SUITE = "no-suite-by-name";

/** A suite is one folder and one line of the registry: no code and no comment of runner/ and reports/ names it. */
export function namedSuites(root: string): Violation[] {
  const suites = readdirSync(join(root, "suites"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  // In quotes or as part of a path: "saturation" is also a word.
  const named = new RegExp(`["'\`/](${suites.map(({ name }) => name).join("|")})["'\`/]`);
  return ["runner", "reports"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(ts|css)$/.test(path))
      .flatMap((path) => linesThatName(join(folder, path), named, root)),
  );
}

function linesThatName(path: string, named: RegExp, root: string): Violation[] {
  return readFileSync(join(root, path), "utf8")
    .split("\n")
    .flatMap((line, index) => {
      // Imports are dependency-cruiser's to judge.
      const suite = /\b(from|import) ?\(?"/.test(line) ? undefined : named.exec(line)?.[1];
      const sentence = `${path}:${index + 1} names ${suite}: a suite is its folder and one line of suites/index.ts`;
      return suite === undefined ? [] : { rule: NAMED_SUITE, sentence };
    });
}

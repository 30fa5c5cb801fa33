/** Plans to begin with, for `rehearse --init`: a file each, with what stands beside it. Reads nothing until it is asked. */
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../manifests/rehearsals/", import.meta.url));
const PLAN = ".yaml";
/** Leads to docs/, which is not where the plan is written to. */
const SCHEMA_LINE = /^# yaml-language-server: .*\n/;

export interface ExampleFile {
  /** To be written under. */
  readonly name: string;
  readonly text: string;
}

/** Names, by the alphabet. */
export function exampleNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(PLAN))
    .map((file) => parse(file).name)
    .sort();
}

/** Where it lies, to be read as any plan. */
export function examplePath(name: string): string {
  return join(FOLDER, `${name}${PLAN}`);
}

/** What is to be written for one of `exampleNames`: the plan first, then what it names. */
export function exampleFiles(name: string): readonly [ExampleFile, ...ExampleFile[]] {
  const others = readdirSync(FOLDER)
    .filter((file) => parse(file).name === name && !file.endsWith(PLAN))
    .sort();
  const plan = readFileSync(examplePath(name), "utf8").replace(SCHEMA_LINE, "");
  return [
    { name: `${name}${PLAN}`, text: plan },
    ...others.map((file) => ({ name: file, text: readFileSync(join(FOLDER, file), "utf8") })),
  ];
}

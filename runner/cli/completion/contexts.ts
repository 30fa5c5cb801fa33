/** Names of contexts out of files alone: no cluster is asked, no plugin is run, and what is odd about a file is silence here. */
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** More would keep whoever pressed the key waiting. */
const MOST_BYTES = 1_000_000;
const MOST_CONTEXTS = 1_000;

const Contexts = z.object({ contexts: z.array(z.object({ name: z.string() })) });

/** @param file as --kubeconfig names it, else those that kubectl would read */
export function contextNames(file: string | undefined): string[] {
  const named = file === undefined ? (process.env.KUBECONFIG ?? "").split(delimiter) : [file];
  const files = named.filter((each) => each !== "");
  if (files.length === 0) files.push(join(process.env.HOME || homedir(), ".kube", "config"));
  return [...new Set(files.flatMap(namesIn))].slice(0, MOST_CONTEXTS);
}

function namesIn(file: string): string[] {
  try {
    const stat = statSync(file);
    // A pipe would be waited for.
    if (!stat.isFile() || stat.size > MOST_BYTES) return [];
    const read = Contexts.safeParse(parse(readFileSync(file, "utf8"), { logLevel: "silent" }));
    return read.success ? read.data.contexts.map(({ name }) => name) : [];
  } catch {
    return [];
  }
}

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import { UsageError } from "../../errors.ts";
import { badShape } from "./bad-shape.ts";

/** An entry of a kubeconfig and where it was found: relative paths in it start from that folder. */
export interface Found {
  readonly entry: unknown;
  readonly file: string;
  readonly folder: string;
}

/** What one file has, or several together. */
export interface KubeconfigParts {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Found>;
  readonly clusters: ReadonlyMap<string, Found>;
  readonly users: ReadonlyMap<string, Found>;
}

const named = z
  .array(z.looseObject({ name: z.string() }))
  .nullish()
  .transform((entries) => entries ?? []);

/** What is asked of a whole file; its entries are looked at when one is chosen, so that a bad one elsewhere does no harm. */
const File = z.object({
  kind: z.literal("Config", { error: "a kubeconfig is of kind Config" }).nullish(),
  "current-context": z.string().nullish(),
  contexts: named,
  clusters: named,
  users: named,
});

/**
 * Reads one kubeconfig.
 * @returns undefined for a file without content
 * @throws UsageError naming the file, and the line where the YAML breaks. It never quotes the file: that holds secrets
 */
export function readKubeconfigFile(file: string): KubeconfigParts | undefined {
  const lineCounter = new LineCounter();
  // The first document counts, as for kubectl.
  const [document] = parseAllDocuments(textOf(file), { lineCounter, prettyErrors: false, merge: true });
  const [broken] = document?.errors ?? [];
  if (broken) {
    const { line } = lineCounter.linePos(broken.pos[0]);
    throw new UsageError(`kubeconfig ${file}, line ${line}: ${withoutQuotation(broken.message)}; mend the file`);
  }
  const value = contentOf(document, file);
  if (value === undefined) return undefined;
  const parsed = File.safeParse(value);
  if (!parsed.success) throw new UsageError(`kubeconfig ${file} is not a kubeconfig: ${badShape(parsed.error)}`);
  const { contexts, clusters, users } = parsed.data;
  return {
    currentContext: parsed.data["current-context"] || undefined,
    contexts: byName(contexts, "context", file),
    clusters: byName(clusters, "cluster", file),
    users: byName(users, "user", file),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`kubeconfig ${file} ${WHY[code ?? ""] ?? `can't be read (${code})`}`);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "does not exist; name one with --kubeconfig FILE",
  ENOTDIR: "does not exist; name one with --kubeconfig FILE",
  EISDIR: "is a folder; name the file in it with --kubeconfig FILE",
  EACCES: "can't be read: this user may not (EACCES)",
};

function contentOf(document: ReturnType<typeof parseAllDocuments>[number] | undefined, file: string): unknown {
  try {
    return document?.toJS() ?? undefined;
  } catch {
    // Its message quotes what the file holds.
    throw new UsageError(`kubeconfig ${file} is not a kubeconfig: it refers to a YAML anchor that it does not have`);
  }
}

/** Some of the parser's messages end with the text that it met. */
function withoutQuotation(message: string): string {
  return message.replace(/(:| )\s*["'`].*$/s, "").trim();
}

/** As kubectl, the first of a name counts. */
function byName(
  entries: readonly { readonly name: string; readonly [key: string]: unknown }[],
  kind: string,
  file: string,
): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const each of entries) {
    if (!found.has(each.name)) found.set(each.name, { entry: each[kind] ?? {}, file, folder: dirname(file) });
  }
  return found;
}

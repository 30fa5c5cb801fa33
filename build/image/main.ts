/** `npm run image`: packetwalk with Node as an OCI archive, for registries and nodes; no daemon, no root (docs/nightly.md). */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ARCHITECTURES, type Architecture } from "../../runner/architecture.ts";
import { reasonOf, UsageError } from "../../runner/errors.ts";
import { registry } from "../../runner/lab/images/images.ts";
import { makeImage } from "./image.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const USAGE = `npm run image -- [--architecture ${ARCHITECTURES.join("|")}] [--name REGISTRY/NAME] [--out DIR]`;

const say = (line: string) => void process.stderr.write(`packetwalk: ${line}\n`);

function given() {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ options: { architecture: text, name: text, out: text } }).values;
  } catch (error) {
    throw new UsageError(`${reasonOf(error)}; ${USAGE}`);
  }
}

function architecturesOf(asked: string | undefined): readonly Architecture[] {
  if (asked === undefined) return ARCHITECTURES;
  const found = ARCHITECTURES.filter((each) => each === asked);
  if (found.length === 0) throw new UsageError(`--architecture: ${asked} is none of ${ARCHITECTURES.join(", ")}`);
  return found;
}

/** A repository's name as registries take it; the tag is ours. */
function nameOf(asked: string): string {
  if (!/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/.test(asked))
    throw new UsageError(`--name: ${asked} is not REGISTRY/NAME in lower case and without a tag`);
  return asked;
}

try {
  const { architecture, name = `${registry}/packetwalk`, out = ROOT } = given();
  const { file, reference, digest, labels } = await makeImage({
    root: ROOT,
    architectures: architecturesOf(architecture),
    name: nameOf(name),
    out,
    epoch: process.env.SOURCE_DATE_EPOCH,
    say,
  });
  for (const label of ["revision", "source"]) {
    if (labels[`org.opencontainers.image.${label}`] === undefined)
      say(
        `git names no ${label === "source" ? "remote called origin" : "commit"} here: the image has no label ${label}`,
      );
  }
  process.stdout.write(`${file}\n${reference}@${digest}\n`);
} catch (error) {
  process.stderr.write(`packetwalk: ${reasonOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 4 : 5;
}

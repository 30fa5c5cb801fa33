/**
 * npm run bench:image: is the image the same, whoever makes it? Makes it for both architectures twice, the second time under
 * another umask, in another folder and another time zone, and compares the bytes. `-- --json` prints one document; exit 1 where
 * they differ. `-- --emulate` makes that of arm64 instead, and runs it by QEMU; it takes root.
 */
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { EXIT } from "../../runner/cli/exit-codes.ts";
import { EnvironmentError } from "../../runner/errors.ts";
import { benchCommand, endWith } from "../kit/command.ts";
import { runEmulated } from "./emulated.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "build/image/main.ts");
/** Of all that is in it; that of the commit would be as good. */
const EPOCH = 1_700_000_000;
const NAME = "bench:image";

interface Made {
  readonly sha256: string;
  readonly seconds: number;
}

interface Maker {
  readonly folder: string;
  readonly umask: string;
  readonly timeZone: string;
}

const { json, emulate } = benchCommand(NAME, "Make the image twice, each time in another way: are the bytes the same?")
  .option("--json", "print one JSON document", false)
  .option("--emulate", "make it for arm64 instead, and run what is in it by QEMU's user mode", false)
  .parse()
  .opts<{ json: boolean; emulate: boolean }>();

await endWith(NAME, async () => {
  const folder = mkdtempSync(join(tmpdir(), "packetwalk-bench-image-"));
  try {
    if (emulate) return await emulated(folder);
    const one = await madeBy({ folder: join(folder, "one"), umask: "022", timeZone: "UTC" });
    const two = await madeBy({ folder: join(folder, "two"), umask: "077", timeZone: "Pacific/Auckland" });
    const isSame = one.sha256 === two.sha256;
    if (json) process.stdout.write(`${JSON.stringify({ isSame, made: [one, two] }, null, 2)}\n`);
    else {
      for (const { sha256, seconds } of [one, two]) process.stdout.write(`sha256:${sha256} in ${seconds} s\n`);
      process.stdout.write(isSame ? "the bytes are the same\n" : "the bytes differ\n");
    }
    return isSame ? EXIT.passed : EXIT.gateFailed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function emulated(folder: string): Promise<number> {
  if (process.getuid?.() !== 0) throw new EnvironmentError("--emulate needs root, for a chroot");
  const words = ["--import", "tsx", MAIN, "--architecture", "arm64", "--out", folder];
  const { stdout } = await execa(process.execPath, words, { cwd: ROOT, stderr: "inherit" });
  const tried = await runEmulated(stdout.split("\n")[0] ?? "", folder);
  if (json) process.stdout.write(`${JSON.stringify({ tried }, null, 2)}\n`);
  else for (const { what, ok, said } of tried) process.stdout.write(`${ok ? "✓" : "✗"} ${what}: ${said}\n`);
  return tried.every(({ ok }) => ok) ? EXIT.passed : EXIT.gateFailed;
}

async function madeBy({ folder, umask, timeZone }: Maker): Promise<Made> {
  const temporary = join(folder, "temporary");
  mkdirSync(temporary, { recursive: true });
  const words = [process.execPath, "--import", "tsx", MAIN, "--out", folder];
  const startedMs = performance.now();
  const { stdout } = await execa("sh", ["-c", 'umask "$0"; exec "$@"', umask, ...words], {
    cwd: ROOT,
    env: { SOURCE_DATE_EPOCH: String(EPOCH), TMPDIR: temporary, TZ: timeZone },
    stderr: "inherit",
  });
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(stdout.split("\n")[0] ?? "")) hash.update(chunk);
  return { sha256: hash.digest("hex"), seconds };
}

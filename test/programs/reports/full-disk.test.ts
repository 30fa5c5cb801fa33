import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "packetwalk-write-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the writer on a tmpfs of 64 KiB in a mount namespace of its own, which ends with the process. */
async function writeOnFullDisk(): Promise<readonly string[]> {
  const child = fileURLToPath(new URL("./write-into.ts", import.meta.url));
  const script =
    'mount -t tmpfs -o size=64k tmpfs "$1" && "$2" --import tsx "$3" "$1" && echo "left: $(ls -A "$1" | tr "\\n" " ")"';
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const { stdout } = await promisify(execFile)("unshare", [
    ...asRoot,
    ...["--mount", "sh", "-c", script, "sh", folder, process.execPath, child],
  ]);
  return stdout.trimEnd().split("\n");
}

test("a full disk is one clear sentence, and nothing half-written stays", async () => {
  expect(await writeOnFullDisk()).toEqual([`Can't write ${join(folder, "result.json")}: the disk is full.`, "left:"]);
});

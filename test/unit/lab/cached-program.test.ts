import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cachedProgram } from "../../../runner/lab/builds/cached-program.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packetwalk-unit-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const files = () => readdirSync(join(folder, "packetwalk", "programs", "tool-abc"));

test("what is wanted twice at once, and later again, is built once", async () => {
  const build = vi.fn(async (draft: string) => {
    await sleep(50);
    await writeFile(draft, "built");
  });
  const wanted = { name: "tool", hash: "abc" };
  const [one, two] = await Promise.all([
    cachedProgram(wanted, () => {}, build),
    cachedProgram(wanted, () => {}, build),
  ]);
  expect(two).toEqual(one);
  expect(await cachedProgram(wanted, () => {}, build)).toEqual(one);
  expect(build).toHaveBeenCalledTimes(1);
  expect(readFileSync(one.path, "utf8")).toBe("built");
  expect(files()).toEqual(["tool"]);
});

test("a build that fails leaves nothing that could be taken for the program", async () => {
  const failing = cachedProgram(
    { name: "tool", hash: "abc" },
    () => {},
    async (draft) => {
      await writeFile(draft, "half");
      throw new Error("interrupted");
    },
  );
  await expect(failing).rejects.toThrow("interrupted");
  expect(files()).toEqual([]);
});

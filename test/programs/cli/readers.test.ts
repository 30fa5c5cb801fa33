import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { packetwalk } from "../../support/packetwalk.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const RECORDED = `${ROOT}test/fixtures/connection-flood-recommended.json`;

// Compiles what a clone may still have to compile, and says so.
beforeAll(() => packetwalk(["--version"]));

/** With nobody who reads what it says. */
async function unread(...args: string[]): Promise<number | null> {
  const running = spawn(process.execPath, [`${ROOT}bin/packetwalk`, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.stdout.destroy();
  running.stderr.destroy();
  const [code] = await once(running, "exit");
  return code;
}

describe("a command whose reader has gone", () => {
  test("ends with its verdict all the same", async () => {
    expect(await unread("judge", RECORDED)).toBe(0);
  });

  test("ends with what was wrong, though nobody hears of it", async () => {
    expect(await unread("judge", "/nowhere/result.json")).toBe(4);
  });
});

test("a document that a full disk did not take is no success", async () => {
  const full = openSync("/dev/full", "w");
  const running = spawn(process.execPath, [`${ROOT}bin/packetwalk`, "judge", RECORDED, "--json"], {
    stdio: ["ignore", full, "pipe"],
  });
  let said = "";
  running.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(running, "exit");
  expect([code, said]).toEqual([5, expect.stringMatching(/^packetwalk: .*ENOSPC.*\n$/)]);
});

import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { terminalProgress } from "../../runner/cli/terminal-progress.ts";
import { printable } from "../../runner/printable.ts";

const HOSTILE = "nginx\u001b]0;owned\u0007\u001b[2J\u001b[31m\r\n\u009b2J\u202egnp.exe\u2066";

test("words of others steer no terminal, and stay on their line", () => {
  expect(printable(HOSTILE)).toBe("nginx ]0;owned [2J [31m 2J gnp.exe");
  expect(printable("p99 4 → 5 ms, „gut“, 語 é")).toBe("p99 4 → 5 ms, „gut“, 語 é");
});

test("nor do they in what is said while one waits", async () => {
  const stream = new PassThrough();
  const progress = terminalProgress(stream as unknown as NodeJS.WriteStream, { env: {} });
  progress.note(HOSTILE);
  await progress.step(`Pod ${HOSTILE}`, async (update) => update(HOSTILE));
  await expect(progress.step(HOSTILE, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const printed = String(stream.read());
  expect(printed.split("\n").filter((line) => line !== "")).toHaveLength(5);
  expect(printed.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("what is no terminal gets no colours", async () => {
  const stream = new PassThrough();
  await terminalProgress(stream as unknown as NodeJS.WriteStream, { env: {} }).step("work", async () => undefined);
  expect(String(stream.read())).toMatch(/^… work\n✓ work \(.*\)\n$/);
});

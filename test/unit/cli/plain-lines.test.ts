import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CI_EVERY_MS, isCi } from "../../../runner/cli/plain-lines.ts";
import { terminalProgress } from "../../../runner/cli/terminal-progress.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** Its lines, each with the second in which it was printed. */
function printed(env: { readonly CI?: string }, line: () => string | null = () => null) {
  const stream = new PassThrough();
  const lines: [number, string][] = [];
  stream.on("data", (text: Buffer) => {
    for (const each of String(text).trimEnd().split("\n")) lines.push([Date.now() / 1000, each]);
  });
  const region = { lines: () => [], line };
  return { lines, progress: terminalProgress(stream as unknown as NodeJS.WriteStream, { env, region }) };
}

/** A short step each 3 s, for 30 s, and a note in the middle. */
async function work({ progress }: ReturnType<typeof printed>): Promise<void> {
  for (let step = 1; step <= 10; step++) {
    await progress.step(`step ${step}`, async () => void (await vi.advanceTimersByTimeAsync(3_000)));
    if (step === 5) progress.note("noted");
  }
}

describe("in a CI job", () => {
  test("there is no more than one line in 10 s, and nothing that was said is lost", async () => {
    const told = printed({ CI: "true" });
    await work(told);
    expect(told.lines.map(([second]) => second)).toEqual([0, 10, 20, 30]);
    // At the end nobody waits.
    told.progress.stop();
    expect(told.lines.map(([, line]) => line)).toEqual([
      "… step 1",
      "✓ step 1 (3.0 s) · ✓ step 2 (3.0 s) · ✓ step 3 (3.0 s) · … step 4",
      "✓ step 4 (3.0 s) · ✓ step 5 (3.0 s) ·   noted · ✓ step 6 (3.0 s) · … step 7",
      "✓ step 7 (3.0 s) · ✓ step 8 (3.0 s) · ✓ step 9 (3.0 s) · … step 10",
      "✓ step 10 (3.0 s)",
    ]);
  });

  test("what waits is printed at the end, whenever that is", () => {
    const { lines, progress } = printed({ CI: "1" });
    progress.note("one");
    progress.note("two");
    progress.stop();
    expect(lines).toEqual([
      [0, "  one"],
      [0, "  two"],
    ]);
  });

  test("the live line comes once a minute, where nothing else was said", async () => {
    const { lines, progress } = printed({ CI: "true" }, () => "live");
    await vi.advanceTimersByTimeAsync(150_000);
    progress.stop();
    expect(lines).toEqual([
      [60, "  live"],
      [120, "  live"],
    ]);
    const gaps = lines.slice(1).map(([second], index) => second - (lines[index]?.[0] ?? 0));
    expect(Math.min(...gaps) * 1000).toBeGreaterThanOrEqual(CI_EVERY_MS);
  });
});

describe("in another log", () => {
  test("each start and each end is a line at once", async () => {
    const told = printed({});
    await work(told);
    expect(told.lines.slice(0, 3)).toEqual([
      [0, "… step 1"],
      [3, "✓ step 1 (3.0 s)"],
      [3, "… step 2"],
    ]);
    expect(told.lines).toHaveLength(21);
    told.progress.stop();
  });

  test("the live line comes after 15 s of silence, and none where there is nothing to tell", async () => {
    let said: string | null = "live";
    const { lines, progress } = printed({}, () => said);
    await vi.advanceTimersByTimeAsync(31_000);
    said = null;
    await vi.advanceTimersByTimeAsync(60_000);
    progress.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toEqual([
      [15, "  live"],
      [30, "  live"],
    ]);
  });
});

test.each([
  [{}, false],
  [{ CI: "" }, false],
  [{ CI: "false" }, false],
  [{ CI: "0" }, false],
  [{ CI: "true" }, true],
  [{ CI: "1" }, true],
  [{ CI: "woodpecker" }, true],
])("%o is a CI job: %s", (env, is) => {
  expect(isCi(env)).toBe(is);
});

/** The live view of a run on a terminal, with a stream in its place. */
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LiveEvent } from "../../../../runner/analysis/live/events.ts";
import { watchRun } from "../../../../runner/cli/watch/experiment.ts";
import { BEGAN_MS, IN_THE_MIDDLE } from "../../analysis/live/story.ts";

beforeEach(() => void vi.useFakeTimers({ now: BEGAN_MS - 60_000 }));
afterEach(() => void vi.useRealTimers());

/** What it shows now: what was printed for good, and the region that is drawn anew. */
function terminal() {
  const stream = new PassThrough();
  let text = "";
  stream.on("data", (part: Buffer) => {
    text += String(part);
  });
  const tty = Object.assign(stream, { isTTY: true, columns: 120, rows: 40, hasColors: () => false });
  return {
    watched: watchRun(tty as unknown as NodeJS.WriteStream),
    /** Without what only moves the cursor. */
    since(from: number) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is steered by them
      return text.slice(from).replace(/\u001b\[[?0-9;]*[A-Za-z]/g, "");
    },
    length: () => text.length,
  };
}

/** Each event at its own second. */
async function tell(onLive: (event: LiveEvent) => void): Promise<void> {
  for (const { atS, event } of IN_THE_MIDDLE) {
    await vi.advanceTimersByTimeAsync(Math.max(0, BEGAN_MS + atS * 1000 - Date.now()));
    onLive(event);
  }
}

test("below the step that runs is one region, drawn anew as the run goes on, and gone at the end", async () => {
  const { watched, since, length } = terminal();
  let end: () => void = () => undefined;
  const step = watched.progress.step(
    "Block 6: baseline (round 3 of 5)",
    () => new Promise<void>((done) => (end = done)),
  );
  await tell(watched.onLive);
  const before = length();
  await vi.advanceTimersByTimeAsync(1_000);
  const drawn = since(before);
  expect(drawn).toContain("  connection-flood · round 3 of 5 · 4 of 10 blocks (1 void)\n");
  expect(drawn).toContain("load, second 3 of 20\n");
  expect(drawn).toContain("  verdict     none yet (not final): it is looked at once, after 5 rounds that count\n");
  expect(drawn.indexOf("… Block 6: baseline")).toBeLessThan(drawn.indexOf("  connection-flood"));
  end();
  await step;
  watched.onLive({ kind: "suite-failed", suite: "connection-flood", because: "interrupted" });
  watched.stop();
  const atEnd = length();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(length()).toBe(atEnd);
});

test("what goes wrong in it is said once, and is no error of the run", async () => {
  const { watched, since } = terminal();
  const broken = { kind: "suites-planned" } as unknown as LiveEvent;
  watched.onLive({ ...broken, kind: "course-began" } as LiveEvent);
  await vi.advanceTimersByTimeAsync(1_000);
  for (const { event } of IN_THE_MIDDLE) watched.onLive(event);
  await vi.advanceTimersByTimeAsync(1_000);
  watched.stop();
  expect(since(0).match(/The live view ends here, and the run goes on: /g)).toHaveLength(1);
  expect(since(0)).not.toContain("connection-flood");
});

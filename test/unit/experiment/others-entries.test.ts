import { expect, test } from "vitest";
import { othersEntries } from "../../../runner/experiment/block/others-entries.ts";

const NEVER = new AbortController().signal;
const AT_ONCE = async (signal: AbortSignal) => signal.throwIfAborted();

/** Counts that come one after another, the last one for ever. */
function counting(...counts: readonly number[]) {
  let asked = 0;
  return { count: async () => counts[Math.min(asked++, counts.length - 1)] ?? 0, asked: () => asked };
}

test("who has no others' entries waits for nothing", async () => {
  const told: string[] = [];
  const { count, asked } = counting(0);
  await othersEntries((sentence) => told.push(sentence), AT_ONCE).waitUntilGone(count, NEVER);
  expect({ asked: asked(), told }).toEqual({ asked: 1, told: [] });
});

test("entries that expire are waited for, and told once", async () => {
  const told: string[] = [];
  const others = othersEntries((sentence) => told.push(sentence), AT_ONCE);
  for (let block = 0; block < 2; block++) {
    const { count, asked } = counting(900, 500, 20, 0);
    await others.waitUntilGone(count, NEVER);
    expect(asked()).toBe(4);
  }
  expect(told).toEqual([expect.stringContaining("900 conntrack entries")]);
});

test("a table that others keep in use costs a run that time once, and no later block any of it", async () => {
  const others = othersEntries(() => undefined, AT_ONCE);
  const first = counting(900);
  await others.waitUntilGone(first.count, NEVER);
  expect(first.asked()).toBe(31);
  const second = counting(900);
  await others.waitUntilGone(second.count, NEVER);
  expect(second.asked()).toBe(1);
});

test("an interrupted run does not wait", async () => {
  const ended = new AbortController();
  ended.abort(new Error("interrupted"));
  const { count } = counting(900);
  await expect(othersEntries(() => undefined, AT_ONCE).waitUntilGone(count, ended.signal)).rejects.toThrow();
});

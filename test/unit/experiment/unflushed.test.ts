import { expect, test } from "vitest";
import { drain } from "../../../runner/experiment/block/drain.ts";
import { othersEntries } from "../../../runner/experiment/block/others-entries.ts";
import { MOST_LEFT, unflushed } from "../../../runner/experiment/block/unflushed.ts";

const NEVER = new AbortController().signal;

/** Time passes only while somebody pauses. */
function passing() {
  let nowMs = 1_000;
  const told: string[] = [];
  const waiting = unflushed(
    (sentence) => told.push(sentence),
    () => nowMs,
    async (ms, signal) => {
      signal.throwIfAborted();
      nowMs += ms;
    },
  );
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { waiting, told, pass };
}

test("blocks that leave little follow each other at once", async () => {
  const { waiting, told } = passing();
  for (let block = 0; block < 20; block++) waiting.left(6_000);
  expect(await waiting.waitOut(NEVER)).toBe(0);
  expect(told).toEqual([]);
});

test("a full-size flood's entries are waited for from its end on, and that is told once", async () => {
  const { waiting, told, pass } = passing();
  for (let block = 0; block < 2; block++) {
    waiting.left(338_000);
    pass(20_000);
    expect(await waiting.waitOut(NEVER)).toBe(130);
  }
  expect(told).toEqual([expect.stringContaining("up to 338000 connections of the blocks before")]);
});

test("of several blocks only those have to go that are too many", async () => {
  const { waiting, pass } = passing();
  waiting.left(MOST_LEFT);
  pass(60_000);
  waiting.left(1);
  expect(await waiting.waitOut(NEVER)).toBe(90);
});

test("without agents a drain is that wait; an interrupted run does not wait", async () => {
  const { waiting } = passing();
  const asked = {
    ...{ addresses: [], mostShare: 0, method: "flushed", unflushed: waiting },
    others: othersEntries(() => undefined),
  };
  waiting.left(338_000);
  const drained = await drain({ refused: "policy" }, { ...asked, signal: NEVER });
  expect(drained).toMatchObject({ seconds: 150, entries: {}, problems: [] });
  expect(drained.method).toContain("nothing was flushed");
  waiting.left(338_000);
  const ended = AbortSignal.abort(new Error("interrupted"));
  await expect(drain({ refused: "policy" }, { ...asked, signal: ended })).rejects.toThrow("interrupted");
});

import { expect, test } from "vitest";
import { pauseMs } from "../../../runner/cluster/wait.ts";

/** How often a wait of so long asks, where the asking itself takes nothing. */
function asks(waitMs: number): number {
  let times = 1;
  for (let atMs = 0; atMs < waitMs; atMs += pauseMs(atMs)) times++;
  return times;
}

test("a wait asks often at first, and its last answer is a twentieth of it late at most", () => {
  expect(pauseMs(0)).toBe(100);
  for (const waitedMs of [2_000, 9_000, 19_999]) expect(pauseMs(waitedMs)).toBeLessThanOrEqual(waitedMs / 20);
  expect(pauseMs(120_000)).toBe(1_000);
});

test("a minute's wait asks a hundred times, and not six hundred", () => {
  expect(asks(60_000)).toBeLessThan(130);
  expect(asks(2_000)).toBe(21);
});

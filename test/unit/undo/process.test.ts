import { expect, test } from "vitest";
import { lifeOf, type ProcessIdentity, thisProcess } from "../../../runner/undo/process.ts";
import { other } from "../../../runner/undo/system/other.ts";
import type { Machine, System } from "../../../runner/undo/system/system.ts";

const MACHINE: Machine = { id: "m1", name: "one", boot: "b1", pids: "pid:[1]" };
const RUN: ProcessIdentity = { pid: 7, startTicks: "100", machine: MACHINE };

/** A machine on which process 7 is the only one. */
function system(start = "100", machine: Partial<Machine> = {}): System {
  return { machine: { ...MACHINE, ...machine }, startOf: (pid) => (pid === 7 ? start : null) };
}

test.each<[string, Partial<Machine>, Partial<Machine>, string]>([
  ["the same", {}, {}, "alive"],
  ["the same, and has been started again", {}, { boot: "b2" }, "ended"],
  ["the same with another name, as a container may give it", {}, { id: "m2" }, "alive"],
  ["another one", {}, { id: "m2", boot: "b2" }, "unknown"],
  ["another one, and neither tells its boot", { boot: "" }, { id: "m2", boot: "" }, "unknown"],
  ["the same, and does not tell its boot", { boot: "" }, { boot: "" }, "alive"],
  ["the same, with other PIDs", {}, { pids: "pid:[2]" }, "unknown"],
  ["the same, whose containers have all ended with its boot", { pids: "pid:[2]" }, { boot: "b2" }, "ended"],
])("a run's process with the PID and the start of one here, where the machine is %s", (_, its, here, life) => {
  expect(lifeOf({ ...RUN, machine: { ...MACHINE, ...its } }, system("100", here))).toBe(life);
});

test.each([
  ["its PID is given away", RUN, "101", "ended"],
  ["its PID is free", { ...RUN, pid: 8 }, "100", "ended"],
  ["its own start was not told", { ...RUN, startTicks: "" }, "100", "alive"],
  ["starts are not told by now", RUN, "", "alive"],
  ["starts are not told, and its PID is free", { ...RUN, pid: 8, startTicks: "" }, "", "ended"],
])("on its own machine: %s", (_, run, start, life) => {
  expect(lifeOf(run, system(start))).toBe(life);
});

test("a journal that does not say where it was written is judged by its process alone, as it was then", () => {
  const old = { pid: 7, startTicks: "100" };
  const elsewhere = { id: "m2", boot: "b2", pids: "pid:[2]" };
  expect(lifeOf(old, system("100", elsewhere))).toBe("alive");
  expect(lifeOf(old, system("101", elsewhere))).toBe("ended");
  expect(lifeOf({ ...old, startTicks: "" }, system("", elsewhere))).toBe("ended");
});

test("this process is alive, and one that is not there has ended", () => {
  expect(lifeOf(thisProcess())).toBe("alive");
  // More than any Linux gives (pid_max).
  const pid = 2 ** 22 + 1;
  expect(lifeOf({ ...thisProcess(), pid })).toBe("ended");
  expect(lifeOf(thisProcess(other()), other())).toBe("alive");
  expect(lifeOf({ ...thisProcess(other()), pid }, other())).toBe("ended");
});

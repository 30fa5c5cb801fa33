import { describe, expect, test } from "vitest";
import {
  execHooks,
  hookRefusal,
  readBackHooks,
  type TriedHook,
} from "../../../../runner/tunings/workload/exec-hooks.ts";
import { harmlessTry } from "../../../../runner/tunings/workload/harmless-try.ts";

describe("what is run in a container that serves, to see whether a hook can", () => {
  test.each<[string[], string[] | null]>([
    [
      ["/bin/sh", "-c", "sleep 10"],
      ["/bin/sh", "-c", "sleep 0"],
    ],
    [
      ["bash", "-c", "sleep 5 && nginx -s quit"],
      ["bash", "-c", "sleep 0"],
    ],
    [
      ["sh", "-c", "nginx -s quit; exit"],
      ["sh", "-c", ":"],
    ],
    [
      ["/usr/bin/sleep", "10"],
      ["/usr/bin/sleep", "0"],
    ],
  ])("%j: its own program, and nothing that it does", (command, tried) => {
    expect(harmlessTry(command)).toEqual(tried);
  });

  test.each([[["nginx", "-s", "quit"]], [["/bin/sh", "/stop.sh"]], [["sleep"]], [["sh", "-xc", "sleep 1"]], [[]]])(
    "%j is not run: what it does can't be told",
    (command) => {
      expect(harmlessTry(command)).toBeNull();
    },
  );
});

const COMMAND = ["/bin/sh", "-c", "sleep 10"];
const exec = { exec: { command: COMMAND } };

test("the hooks of a patch are those of its containers", () => {
  const patch = (lifecycle: object) => ({ spec: { template: { spec: { containers: [{ name: "app", lifecycle }] } } } });
  expect(execHooks(patch({ preStop: exec }))).toEqual([{ container: "app", command: COMMAND }]);
  expect(execHooks(patch({ preStop: { sleep: { seconds: 10 } } }))).toEqual([]);
  expect(execHooks({ spec: { strategy: {} } })).toEqual([]);
});

const AT = { namespace: "shop", pod: "shop-1" };
const hook = (runs: boolean | null, says = ""): TriedHook => ({
  ...{ tuning: "mine", container: "app", command: COMMAND, runs, says },
});

test("one that can't run is told with whose words it is", () => {
  expect(hookRefusal(hook(false, "exec: no such file or directory"), AT)).toBe(
    'the hook ["/bin/sh","-c","sleep 10"] can\'t run in container app of pod shop-1: exec: no such file or directory',
  );
});

test("one that could not be tried is not taken for one that runs", () => {
  expect([true, false, null].flatMap((runs) => readBackHooks([hook(runs)], AT)).map(({ got }) => got)).toEqual([
    "runs",
    "does not run",
    null,
  ]);
});

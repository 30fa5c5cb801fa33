import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaNode } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), "packetwalk-ends-"));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

const start = (fixture: string, ...args: string[]) =>
  execaNode(join(import.meta.dirname, "fixtures", fixture), args, {
    nodeOptions: ["--import", "tsx"],
    env: { XDG_STATE_HOME: state },
    reject: false,
  });

describe("an error that nobody caught", () => {
  test("is one sentence, and no verdict's exit code", async () => {
    const ran = await start("defect.ts");
    expect(ran.stderr).toBe("packetwalk: an error in packetwalk itself: x is undefined");
    expect([ran.exitCode, ran.stdout]).toEqual([5, ""]);
  });

  test("calls off what is under way, which is put back first", async () => {
    const ran = await start("defect.ts", "--under-way");
    expect(ran.stderr).toBe("packetwalk: an error in packetwalk itself: x is undefined");
    expect([ran.exitCode, ran.stdout]).toEqual([5, "put back"]);
  });
});

test("a second Ctrl-C ends at once, names what is left, and leaves the journal for restore", async () => {
  const running = start("stuck.ts");
  running.stderr?.on("data", (chunk) => {
    if (/begun|Interrupted/.test(String(chunk))) running.kill("SIGINT");
  });
  const ran = await running;
  expect(ran.exitCode).toBe(130);
  expect(ran.stderr).toMatch(
    /Ended at once\. Still there: sysctl node1 node net\.core\.somaxconn, namespace packetwalk; packetwalk restore puts it back\.$/,
  );
  expect(readdirSync(join(state, "packetwalk", "journal"))).toHaveLength(1);
});

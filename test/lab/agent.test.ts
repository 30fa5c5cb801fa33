import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const AGENT = fileURLToPath(new URL("../../runner/agent", import.meta.url));

test("the agent's own tests pass, none skipped: real sockets, tables and sysctls in network namespaces of their own", async () => {
  const ran = await execa("go", ["test", "-count=1", "-v", "./..."], { cwd: AGENT, all: true, reject: false });
  expect(ran.all).not.toMatch(/^\s*--- (FAIL|SKIP)/m);
  expect(ran.all).toMatch(/^--- PASS/m);
  expect(ran.exitCode, ran.all?.slice(-3000)).toBe(0);
});

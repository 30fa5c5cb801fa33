import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const AGENT = fileURLToPath(new URL("../../runner/agent", import.meta.url));

test("the agent's own tests pass: real sockets, tables and sysctls in network namespaces of their own", async () => {
  const ran = await execa("go", ["test", "-count=1", "-v", "./..."], { cwd: AGENT, all: true, reject: false });
  // A kernel may lack what one of them needs; CI's does not, and there nothing may be left out.
  expect(ran.all).not.toMatch(process.env.CI ? /^\s*--- (FAIL|SKIP)/m : /^\s*--- FAIL/m);
  expect(ran.all).toMatch(/^--- PASS/m);
  expect(ran.exitCode, ran.all?.slice(-3000)).toBe(0);
});

import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { lookupPrograms } from "../../runner/lab/builds/lookup.ts";

const AGENT = fileURLToPath(new URL("../../programs/agent", import.meta.url));

test("the agent's own tests pass: real sockets, tables and sysctls in network namespaces of their own", async () => {
  const { glibc, musl } = await lookupPrograms(() => {});
  const env = { PACKETWALK_LOOKUP_glibc: glibc.path, PACKETWALK_LOOKUP_musl: musl.path };
  const ran = await execa("go", ["test", "-count=1", "-v", "./..."], { cwd: AGENT, env, all: true, reject: false });
  // A kernel may lack what one of them needs; CI's does not, and there nothing may be left out.
  expect(ran.all).not.toMatch(process.env.CI ? /^\s*--- (FAIL|SKIP)/m : /^\s*--- FAIL/m);
  expect(ran.all).toMatch(/^--- PASS/m);
  expect(ran.exitCode, ran.all?.slice(-3000)).toBe(0);
});

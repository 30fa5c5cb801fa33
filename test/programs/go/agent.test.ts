import { expect, test } from "vitest";
import { lookupPrograms } from "../../../runner/lab/builds/lookup.ts";
import { goTest } from "./go-test.ts";

test("the agent's own tests pass: real sockets, tables and sysctls in network namespaces of their own", async () => {
  const { glibc, musl } = await lookupPrograms(() => {});
  const printed = await goTest("agent", {
    PACKETWALK_LOOKUP_glibc: glibc.path,
    PACKETWALK_LOOKUP_musl: musl.path,
  });
  expect(printed).toMatch(/^--- PASS/m);
  // A kernel may lack what one of them needs; CI's does not, and there nothing may be left out.
  if (process.env.CI) expect(printed).not.toMatch(/^\s*--- SKIP/m);
});

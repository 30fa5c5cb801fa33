import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const K6 = fileURLToPath(new URL("../../programs/k6", import.meta.url));

test("the k6 module's own tests pass: each failure's cause, from real servers in a network namespace", async () => {
  const ran = await execa("go", ["test", "-count=1", "-v", "./..."], { cwd: K6, all: true, reject: false });
  expect(ran.all).not.toMatch(/^\s*--- FAIL/m);
  expect(ran.all).toMatch(/^--- PASS: TestEveryFailureHasItsCause/m);
  expect(ran.exitCode, ran.all?.slice(-3000)).toBe(0);
});

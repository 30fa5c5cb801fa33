import { expect, test } from "vitest";
import { goTest } from "./go-test.ts";

test("the k6 module's own tests pass: each failure's cause, from real servers in a network namespace", async () => {
  expect(await goTest("k6")).toMatch(/^--- PASS: TestEveryFailureHasItsCause/m);
});

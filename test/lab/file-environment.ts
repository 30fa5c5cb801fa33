/**
 * Runs before anything of a test file is imported: gives it, and each packetwalk that it starts, a namespace of its own and
 * the tests' labs and journals.
 */
import { basename } from "node:path";
import { expect } from "vitest";
import { BORROWED_LAB, STATE_HOME } from "./names.ts";

const { testPath } = expect.getState();
if (testPath === undefined) throw new Error("vitest does not say which test file this is");
process.env.PACKETWALK_NAMESPACE = `packetwalk-${basename(testPath, ".test.ts")}`;
if (BORROWED_LAB === undefined) process.env.XDG_STATE_HOME = STATE_HOME;

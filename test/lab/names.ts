import { tmpdir } from "node:os";
import { join } from "node:path";

/** A lab that is up, to run test files in: nothing is started then, and nothing stopped. */
export const BORROWED_LAB = process.env.PACKETWALK_TEST_LAB;

/** The lab of all test files that do not examine the machine. */
export const SHARED_LAB = BORROWED_LAB ?? "tests";

/** Name of a lab of one test file's own. */
export const ownLab = (what: string) => `tests-${what}`;

/** Whether a lab belongs to tests: no two runs of them are at work at a time, so at their start it is a leftover. */
export const isOfTests = (lab: string) => lab === "tests" || lab.startsWith("tests-");

/**
 * All that tests keep on disk; fixed, so that the next run finds what a killed one left, and removes it. That must not be what
 * tests in a borrowed lab are at work with: no lock keeps them apart from other runs.
 */
export const ROOT = join(tmpdir(), BORROWED_LAB === undefined ? "packetwalk-tests" : "packetwalk-tests-borrowed");

/** Labs and journals of tests, apart from the user's. */
export const STATE_HOME = join(ROOT, "state");

// Turns vitest's JSON report into CI's last line and exit code.
import { readFileSync } from "node:fs";

const [file, testsExit, checkExit] = process.argv.slice(2);
let report = { numPassedTests: 0, numTotalTests: 0, numFailedTestSuites: 1 };
try {
  report = JSON.parse(readFileSync(file, "utf8"));
} catch {
  console.log("the test run left no report");
}
const passed = report.numPassedTests;
const unfinished = report.numTotalTests - passed;
const outside = unfinished === 0 && (testsExit !== "0" || report.numFailedTestSuites > 0) ? 1 : 0;
const failed = unfinished + outside + (checkExit === "0" ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

import type { Reporter, TestModule } from "vitest/node";

const SHOWN = 10;

/** Says at the end of a run which tests took longest; the time of hooks is not theirs. */
export default class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        seconds: (test.diagnostic()?.duration ?? 0) / 1000,
        name: `${module.relativeModuleId} > ${test.fullName}`,
      })),
    );
    const slowest = lines.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
    console.log(`\nThe ${slowest.length} slowest tests`);
    for (const { seconds, name } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
  }
}

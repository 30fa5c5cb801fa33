import type { IModule } from "dependency-cruiser";
import { reachOf } from "./reach.ts";
import type { Violation } from "./violation.ts";

const ONE_SUITE = "one-suite-lives-in-its-folder";

/** A module that only one suite leads to belongs into that suite's folder. */
export function modulesOfOneSuite(modules: readonly IModule[]): Violation[] {
  return [...reachOf(modules).alone].flatMap(([suite, paths]) =>
    paths.map((path) => ({
      rule: ONE_SUITE,
      sentence: `${path} is reached from ${suite} only: move it into suites/${suite}/`,
    })),
  );
}

import type { ReportedSuite } from "../../suites/define-suite.ts";
import { SUITES } from "../../suites/index.ts";
import { UsageError } from "../errors.ts";

/** @throws UsageError that lists the suites there are */
export function suiteByName(name: string): ReportedSuite {
  const suite = SUITES.find((each) => each.name === name);
  if (!suite)
    throw new UsageError(`there is no suite "${name}"; choose from ${SUITES.map((each) => each.name).join(", ")}`);
  return suite;
}

import type { ReportedSuite } from "./define-suite.ts";
import * as registry from "./registry.ts";

/** As the registry has them, by the alphabet. */
export const SUITES: readonly ReportedSuite[] = Object.values(registry);

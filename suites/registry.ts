import { connectionFlood } from "./connection-flood/suite.ts";
import type { ReportedSuite } from "./define-suite.ts";
import { dnsStorm } from "./dns-storm/suite.ts";
import { rollingUpdate } from "./rolling-update/suite.ts";
import { saturation } from "./saturation/suite.ts";

/** Every suite there is; a new one is a folder and a line here. */
export const SUITES: readonly ReportedSuite[] = [connectionFlood, rollingUpdate, dnsStorm, saturation];

/** Child process of full-disk.test.ts: writes the fixture's reports into the folder named by its argument, prints how it ended. */
import { ReportWriteError, writeReports } from "../../../reports/index.ts";

import { floodReport } from "../../../suites/connection-flood/report/report.ts";
import { fixture } from "../../unit/reports/fixture.ts";

writeReports(fixture(), floodReport, process.argv[2] ?? "").then(
  () => console.log("written"),
  (error: unknown) => console.log(error instanceof ReportWriteError ? error.message : `unexpected: ${error}`),
);

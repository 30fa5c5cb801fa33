import { type Command, Option } from "commander";
import { FORMATS, type Format } from "../../../reports/formats/names.ts";
import { addPrometheusWriteOptions, type PrometheusWriteOptions } from "../prometheus-options.ts";

interface ReportOptions extends PrometheusWriteOptions {
  readonly format?: Format;
  readonly out?: string;
}

export function addReport(command: Command): void {
  command
    .argument("<dir>", "the folder that a run's results went to, or a result.json")
    .addOption(new Option("--format <format>", "what to draw (default: the report for a terminal)").choices(FORMATS))
    .option("--out <file>", "write it there instead of stdout");
  addPrometheusWriteOptions(command).action(async (path: string, options: ReportOptions) => {
    // Late: the suites bring their schemas with them, which help and bad input need not wait for.
    const { runReport } = await import("../run-report.ts");
    process.exitCode = await runReport(path, options);
  });
}

/** Options about Prometheus. Help needs it, so it imports nothing heavy. */
import type { Command } from "commander";

export interface PrometheusWriteOptions {
  readonly prometheusWrite?: string;
  readonly prometheusWriteTokenFile?: string;
}

/** A rehearsal's. */
export interface PrometheusOptions extends PrometheusWriteOptions {
  readonly prometheus?: string;
  readonly prometheusQueries?: string;
  readonly prometheusTokenFile?: string;
}

/** Names of variables that hold tokens. */
export const TOKEN = "PACKETWALK_PROMETHEUS_TOKEN";
export const WRITE_TOKEN = "PACKETWALK_PROMETHEUS_WRITE_TOKEN";

export function addPrometheusOptions(command: Command): Command {
  command
    .option(
      "--prometheus <url>",
      "also read counters from this Prometheus, at the address below which it has /api/v1/query",
    )
    .option("--prometheus-queries <file>", "what is asked of it, instead of packetwalk's own queries")
    .option("--prometheus-token-file <file>", `a file with a token for it; or ${TOKEN} in the environment`);
  return addPrometheusWriteOptions(command);
}

export function addPrometheusWriteOptions(command: Command): Command {
  return command
    .option("--prometheus-write <url>", "write results there by remote write, at its whole address")
    .option("--prometheus-write-token-file <file>", `a file with a token for it; or ${WRITE_TOKEN} in the environment`);
}

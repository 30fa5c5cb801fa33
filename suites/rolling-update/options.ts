import { UsageError } from "../../runner/errors.ts";
import type { SuiteOptions } from "../../runner/experiment/suite.ts";

export type RolloutOptions = {
  /** Of the paths that the cluster has, those that are taken; which it has shows when the stage is set. */
  readonly paths: readonly string[];
};

export const ROLLOUT_OPTIONS: SuiteOptions<RolloutOptions> = {
  paths: {
    flags: "--paths <names>",
    description:
      "proxies to lead the load through, with commas between them (default: all, but for those that would order a load balancer; named, they take --allow-node-changes)",
    parse: names,
  },
};

function names(text: string): string[] {
  const each = text.split(",").map((name) => name.trim());
  if (each.includes("")) {
    throw new UsageError(
      `--paths: "${text}" has an empty name; give names of paths with commas between them, e.g. nginx,envoy-sidecar`,
    );
  }
  return each;
}

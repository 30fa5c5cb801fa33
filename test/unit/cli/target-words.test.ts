import { Command } from "commander";
import { expect, test } from "vitest";
import { addTargetOptions, type TargetOptions, targetWords } from "../../../runner/cli/target-options.ts";

function parsed(words: readonly string[]): TargetOptions {
  return addTargetOptions(new Command())
    .parse([...words], { from: "user" })
    .opts<TargetOptions>();
}

test.each([
  ["the lab", ""],
  ["a lab of another name", "--lab dev"],
  [
    "all that names a cluster and its images",
    "--kubeconfig a.yaml --context b --namespace c --image-registry d.example --agent-image e --web-image f --nginx-image n --node-image g --debian-image h --envoy-image i --coredns-image j --dnsperf-image k --node-selector pool=load,arch=amd64 --image-pull-secret l/m",
  ],
])("words that name the same target again: %s", (_, line) => {
  const words = line.split(" ").filter((word) => word !== "");
  const options = parsed(words);
  expect(targetWords(options).join(" ")).toBe(line);
  // No option is left out.
  if (words.length > 2) expect(words.length / 2).toBe(Object.keys(options).length - 1);
});

import type { Command } from "commander";
import { DEFAULT_IMAGES } from "../workloads/images.ts";
import { DEFAULT_LAB, labName } from "./lab-name.ts";

export interface TargetOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly lab: string;
  readonly agentImage?: string;
  readonly webImage?: string;
  readonly loadImage?: string;
  readonly envoyImage?: string;
  readonly resolverImage?: string;
  readonly corednsImage?: string;
  readonly dnsperfImage?: string;
}

export function addTargetOptions(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "kubeconfig of the cluster to test (default: the embedded lab)")
    .option("--context <name>", "context in the kubeconfig")
    .option("--lab <name>", "name of the embedded lab", labName, DEFAULT_LAB)
    .option(
      "--agent-image <reference>",
      `packetwalk's agent, where the cluster is not the lab (default: ${DEFAULT_IMAGES.agent})`,
    )
    .option(
      "--web-image <reference>",
      `web workload (default: ${DEFAULT_IMAGES.web}); in the lab web-distroless or web-sigquit instead of its own`,
    )
    .option(
      "--load-image <reference>",
      "the load engine's image, where the cluster is not the lab (default: the agent's, or the engine's own)",
    )
    .option(
      "--envoy-image <reference>",
      `Envoy for the path envoy-sidecar, where the cluster is not the lab (default: ${DEFAULT_IMAGES.envoy})`,
    )
    .option(
      "--resolver-image <reference>",
      `programs with glibc's and musl's resolvers, where the cluster is not the lab (default: ${DEFAULT_IMAGES.resolver})`,
    )
    .option(
      "--coredns-image <reference>",
      `the DNS under test, where the cluster is not the lab (default: ${DEFAULT_IMAGES.coredns})`,
    )
    .option(
      "--dnsperf-image <reference>",
      `dnsperf, which finds the DNS's query rate, where the cluster is not the lab (default: ${DEFAULT_IMAGES.dnsperf})`,
    );
}

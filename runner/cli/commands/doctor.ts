import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../../errors.ts";
import { demandKubeconfig } from "../demand-kubeconfig.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";

interface DoctorOptions extends TargetOptions {
  readonly rate?: number;
  readonly clients?: number;
  readonly onNodes?: boolean;
  readonly failOn?: "info" | "warning" | "critical";
  readonly json?: boolean;
  readonly md?: boolean;
  readonly out?: string;
}

export function addDoctor(command: Command): void {
  command
    .option("--rate <n>", "new connections a second that one node is to take", rate)
    .option("--clients <n>", "pods of that node that open them, each to one Service port: puts ports in order", clients)
    .option(
      "--on-nodes",
      "also read what only nodes tell, by privileged pods that are gone by the end, and CoreDNS's and etcd's metrics; changes nothing on nodes",
    )
    .addOption(
      new Option("--fail-on <severity>", "exit 1 if anything is at least as bad").choices([
        "info",
        "warning",
        "critical",
      ]),
    )
    .option("--json", "print one JSON document on stdout")
    .option("--md", "print Markdown on stdout")
    .option("--out <dir>", "write doctor.html, doctor.md and doctor.json there, beside what is printed");
  addTargetOptions(command);
  command.action(async (options: DoctorOptions) => {
    if (options.json && options.md) throw new UsageError("--json and --md: choose one");
    demandKubeconfig(options.kubeconfig);
    // Late: it brings the Kubernetes client with it, which help and bad input need not wait for.
    const { runDoctor } = await import("../run-doctor.ts");
    process.exitCode = await runDoctor(options);
  });
}

function clients(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("give a whole number of pods, above 0.");
}

function rate(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("give connections a second, above 0.");
}

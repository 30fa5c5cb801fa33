import { fileURLToPath } from "node:url";
import type { Progress } from "../../../progress.ts";
import { buildProgram, type GoProgram, goVersion } from "../../builds/go.ts";
import { command } from "../../machine/command.ts";

export const ciliumVersion = "1.18.2";

const module = fileURLToPath(new URL("../../components/cilium", import.meta.url));
const repository = "github.com/cilium/cilium";

function program(name: string, folder: string, needsBytes: number): GoProgram {
  return {
    name,
    module,
    package: `${repository}/${folder}`,
    linkerFlags: `-X ${repository}/pkg/version.ciliumVersion=${ciliumVersion}`,
    needsBytes,
  };
}

export interface CiliumPrograms {
  /** Paths of executables. */
  readonly agent: string;
  readonly operator: string;
  readonly plugin: string;
  /** Folder of the sources of its BPF programs, which the agent compiles for each node. */
  readonly bpfSources: string;
}

/** Builds Cilium's programs from its Go module, or finds them in the cache. */
export async function ciliumPrograms(progress: Progress, signal?: AbortSignal): Promise<CiliumPrograms> {
  const go = await goVersion(25, "Cilium");
  const build = async (title: string, of: GoProgram) =>
    (await progress.step(title, (update) => buildProgram(of, go, update, signal))).path;
  // One after another, since each build uses all cores; the quickest first, as it fails for the same reasons.
  const plugin = await build("Cilium's CNI plugin", program("cilium-cni", "plugins/cilium-cni", 1e9));
  const agent = await build(`Cilium ${ciliumVersion}`, program("cilium-agent", "daemon", 4e9));
  const operator = await build("Cilium's operator", program("cilium-operator", "operator", 2e9));
  await command("go", ["mod", "download", repository], { cwd: module, signal });
  const sources = await command("go", ["list", "-m", "-f", "{{.Dir}}", repository], { cwd: module, signal });
  return { agent, operator, plugin, bpfSources: `${sources}/bpf` };
}

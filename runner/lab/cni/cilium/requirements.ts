import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hierarchies } from "../../machine/cgroups.ts";
import { command } from "../../machine/command.ts";
import { exists } from "../../machine/files.ts";
import { installPackages } from "../../machine/requirements.ts";
import { LabError } from "../../types.ts";

const LLVM = 19;
/** Where Debian has these versions under their plain names. */
export const COMPILERS = `/usr/lib/llvm-${LLVM}/bin`;

/** What its agent compiles its programs with, and what the kernel has to have for them. */
export async function demandCilium(update: (detail: string) => void): Promise<void> {
  const missing = (await exists(join(COMPILERS, "clang"))) ? [] : [`clang-${LLVM}`, `llvm-${LLVM}`];
  await installPackages(missing, update);
  const targets = await command(join(COMPILERS, "clang"), ["--print-targets"]).catch(() => "");
  if (!/^\s*bpf\s/m.test(targets))
    throw new LabError(`Cilium's agent needs clang ${LLVM} with the target bpf, and ${COMPILERS} has none`);
  if (!/\tbpf$/m.test(await readFile("/proc/filesystems", "utf8")))
    throw new LabError("Cilium needs a kernel with BPF (CONFIG_BPF_SYSCALL), and this one has no file system for it");
  if (!(await exists("/sys/kernel/btf/vmlinux")))
    throw new LabError("Cilium needs a kernel with BTF (CONFIG_DEBUG_INFO_BTF), and this one has none");
  if (!(await hierarchies()).some(({ version }) => version === 2))
    throw new LabError("Cilium needs cgroup v2, and this machine has it mounted nowhere");
}

import { z } from "zod";
import { command } from "../../runner/lab/machine/command.ts";
import { installPackages } from "../../runner/lab/machine/requirements.ts";

const named = z.array(z.looseObject({ id: z.number(), name: z.string().optional() }));

/** Names of the kernel's BPF maps and programs that are Cilium's, whoever holds them; sorted. */
export async function ciliumInKernel(): Promise<string[]> {
  await installPackages(["bpftool"], () => {});
  const [maps, programs] = await Promise.all(
    ["map", "prog"].map((kind) => command("bpftool", ["--json", kind, "show"])),
  );
  const names = (text = "[]") => named.parse(JSON.parse(text)).flatMap(({ name }) => name ?? []);
  return [
    ...names(maps).filter((name) => name.startsWith("cilium_")),
    ...names(programs).filter((name) => name.startsWith("cil_")),
  ].sort();
}

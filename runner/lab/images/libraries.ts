import { command } from "../machine/command.ts";

/** Shared libraries of a program and the loader, where the loader finds them on this machine; none of a static program. */
export async function librariesOf(program: string): Promise<string[]> {
  const list = await command("ldd", [program]).catch(() => "");
  return [...list.matchAll(/(?:=>|^)\s*(\/\S+) \(0x/gm)].map(([, path]) => path ?? "").sort();
}

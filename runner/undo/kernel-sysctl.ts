import { writeFileSync } from "node:fs";

/**
 * Sets one of this machine's kernel-wide sysctls (in its first network namespace), where lab runs may have changed it.
 * @throws Error with the system's code when it is refused
 */
export function restoreKernelSysctl(key: string, value: string): void {
  writeFileSync(`/proc/sys/${key.replaceAll(".", "/")}`, `${value}\n`);
}

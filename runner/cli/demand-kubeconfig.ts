import { existsSync } from "node:fs";
import { UsageError } from "../errors.ts";

/** Before the Kubernetes client is loaded. @throws UsageError if the file that was named is not there */
export function demandKubeconfig(file: string | undefined): void {
  if (file === undefined || existsSync(file)) return;
  throw new UsageError(`kubeconfig ${file} does not exist; name one with --kubeconfig FILE`);
}

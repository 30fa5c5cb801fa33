import { EnvironmentError } from "../errors.ts";
import { findLab, type Lab } from "../lab/index.ts";

/** The lab of that name, for who only looks and starts nothing. @throws EnvironmentError if it is not up */
export async function labToLookAt(name: string): Promise<Lab> {
  const lab = await findLab(name);
  if (lab) return lab;
  throw new EnvironmentError(
    `lab "${name}" is not up, so there is nothing to look at: name a cluster with --kubeconfig or --context, or run packetwalk lab up`,
  );
}

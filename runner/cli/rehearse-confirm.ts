/** What a rehearsal is about to do to what is the user's, before it does it. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "../errors.ts";
import type { Plan } from "../rehearsal/plan/plan.ts";
import { isPublic } from "../rehearsal/run/public-address.ts";
import { scriptWords, whatOf } from "../rehearsal/run/ready.ts";
import type { FoundTarget } from "../rehearsal/run/targets.ts";

export interface Allowed {
  readonly yes?: boolean;
  readonly allowExternal?: boolean;
  readonly allowWorkloadChanges?: boolean;
  readonly allowNodeChanges?: boolean;
}

/** @throws UsageError naming the flag for what nobody allowed */
export function assertAllowed(
  plan: Plan,
  found: readonly FoundTarget[],
  allowed: Allowed,
  { isLab, ownNamespace }: { readonly isLab: boolean; readonly ownNamespace: string },
): void {
  const outside = found.find(({ address }) => isPublic(address));
  if (outside && !allowed.allowExternal)
    throw new UsageError(
      `target ${outside.planned.name}: ${outside.address} is a public address, and load to it leaves the cluster; if it is yours, say so with --allow-external`,
    );
  const { events } = plan;
  const rollout = events.find((each) => each.kind === "rollout" && each.namespace !== ownNamespace);
  if (rollout && !allowed.allowWorkloadChanges)
    throw new UsageError(`event ${rollout.name} restarts a Deployment of yours; let it with --allow-workload-changes`);
  const ofCluster = events.find(({ kind }) => kind === "drain" || kind === "zone-gone" || kind === "dns-pod-lost");
  if (ofCluster && !isLab && !allowed.allowNodeChanges)
    throw new UsageError(
      `event ${ofCluster.name} (${ofCluster.kind}) takes nodes or pods from everybody on this cluster; let it with --allow-node-changes`,
    );
}

/** What is to be known before load goes to what is the user's; empty where all targets are packetwalk's own. Where a script's hosts are, its workers look up. */
export function confirmWords(plan: Plan, found: readonly FoundTarget[], context: string): string[] {
  const scripts = plan.targets.filter((each) => each.kind === "k6");
  if (found.length === 0 && scripts.length === 0) return [];
  const { mostPerSecond } = plan.limits;
  const namespaces = [...new Set(found.map(({ namespace }) => namespace))];
  return [
    `Load goes to these, in context "${context}", at up to ${mostPerSecond} requests/s:`,
    ...found.map(({ planned, address }) => `  ${planned.name}: ${whatOf(planned)} at ${address}`),
    ...scripts.map((each) => `  ${each.name}: ${scriptWords(each)}`),
    ...(namespaces.length === 0 ? [] : [`Namespaces: ${namespaces.join(", ")}`]),
  ];
}

/** @throws UsageError where the user does not say yes, or can't be asked */
export async function confirm(words: readonly string[], { yes }: Allowed): Promise<void> {
  if (words.length === 0) return;
  for (const line of words) process.stderr.write(`${line}\n`);
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new UsageError("nobody is there to confirm these targets: look at them, and give --yes");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Are these yours to load? Type "yes": ');
    if (answer.trim().toLowerCase() !== "yes") throw new UsageError("not confirmed, so nothing was done");
  } finally {
    asking.close();
  }
}

import { EnvironmentError } from "../errors.ts";
import { areThere, type MaybeAgents } from "../probes/agents.ts";
import type { Trial } from "./trial.ts";

/** Only with agents a block begins from drained tables. */
export function agentsGiven(agents: MaybeAgents): NonNullable<Trial["given"]> {
  return { "agents on the nodes": areThere(agents) ? "there" : "refused" };
}

/**
 * Where each arm has a cluster of its own, what of the task hangs on the cluster may differ; then there is nothing to compare.
 * @throws EnvironmentError naming what differs
 */
export function assertSameTask(
  { given: on = {} }: Pick<Trial, "given">,
  { given: there = {} }: Pick<Trial, "given">,
): void {
  const names = [...new Set([...Object.keys(on), ...Object.keys(there)])].filter((name) => on[name] !== there[name]);
  if (names.length === 0) return;
  const differing = names.map(
    (name) => `${name}: ${on[name] ?? "none"} on the baseline cluster, ${there[name] ?? "none"} on the tuned one`,
  );
  throw new EnvironmentError(
    `the two clusters would not get the same task (${differing.join("; ")}); choose what both have`,
  );
}

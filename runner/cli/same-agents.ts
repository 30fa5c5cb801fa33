import type { SuiteSite } from "./run-suite.ts";
import type { Sites } from "./sites.ts";

/**
 * Pure: where one of two clusters refuses agents, the other does without them as well. Only with agents tables are drained
 * between blocks and filled beforehand, so that the arms would not have the same task.
 */
export function withSameAgents(sites: Sites<SuiteSite>): Sites<SuiteSite> {
  if (sites.clusters === "one") return sites;
  const { baseline, tuned } = sites;
  return {
    clusters: "two",
    baseline: { ...baseline, agentsRefused: baseline.agentsRefused ?? by("tuned", tuned) },
    tuned: { ...tuned, agentsRefused: tuned.agentsRefused ?? by("baseline", baseline) },
  };
}

function by(role: string, { agentsRefused }: SuiteSite): string | null {
  return agentsRefused === null ? null : `none, as on the ${role} cluster, which refuses them: ${agentsRefused}`;
}

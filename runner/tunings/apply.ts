import type { Agents } from "../probes/agents.ts";
import { type SysctlAnswer, sysctls } from "../probes/sysctl.ts";
import type { NodeSysctl } from "./sysctl.ts";

/** A node sysctl's value from before it was set. */
export interface Before {
  readonly node: string;
  readonly key: string;
  readonly in: "kernel" | "node";
  readonly before: string;
}

/** Where a tuning was written and what came of it. */
export interface Write {
  readonly tuning: string;
  readonly node: string;
  readonly error: string | null;
}

/** Reads what the tunings are about to overwrite, on every node, before any of it is touched. */
export async function readBefore(agents: Agents, tunings: readonly NodeSysctl[]): Promise<Before[]> {
  const perNode = await Promise.all(
    agents.nodes.map(async (node) => {
      const answers = await sysctls(
        agents,
        node,
        tunings.map((each) => ({ key: each.key, in: each.scope })),
      );
      return answers.flatMap((answer, index) => {
        const scope = tunings[index]?.scope;
        return answer.before === null || !scope ? [] : [{ node, key: answer.key, in: scope, before: answer.before }];
      });
    }),
  );
  return perNode.flat();
}

/** Sets the tunings on every node. */
export async function writeTunings(agents: Agents, tunings: readonly NodeSysctl[]): Promise<Write[]> {
  const perNode = await Promise.all(
    agents.nodes.map(async (node) => {
      const requests = tunings.map((each) => ({ key: each.key, in: each.scope, set: each.value }));
      const answers = await sysctls(agents, node, requests);
      return answers.map((answer, index) => ({
        tuning: tunings[index]?.name ?? answer.key,
        node,
        error: answer.error,
      }));
    }),
  );
  return perNode.flat();
}

/** Puts values back; gives the answers of those that could not be. */
export async function writeBack(agents: Agents, values: readonly Before[]): Promise<SysctlAnswer[]> {
  const perNode = await Promise.all(
    agents.nodes.map((node) => {
      const own = values.filter((value) => value.node === node);
      return sysctls(
        agents,
        node,
        own.map((value) => ({ key: value.key, in: value.in, set: value.before })),
      );
    }),
  );
  return perNode.flat().filter((answer) => answer.error !== null);
}

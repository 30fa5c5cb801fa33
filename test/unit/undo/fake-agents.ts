import type { Agents } from "../../../runner/probes/agents.ts";

export interface FakeAgents extends Agents {
  /** "NODE COMMAND…", in order; of a sysctl "NODE KEY?" or "NODE KEY=VALUE". */
  readonly ran: string[];
}

/** Agents that note what they are told, and have one value for each setting. */
export function fakeAgents(
  nodes: readonly string[],
  refuse: (command: string) => boolean = () => false,
  now = "old",
): FakeAgents {
  const ran: string[] = [];
  return {
    ran,
    nodes,
    async run(node, args, options = {}) {
      if (args[0] !== "sysctl") {
        const command = `${node} ${args.join(" ")}`;
        ran.push(command);
        if (refuse(command)) throw new Error(`refused: ${command}`);
        return args[0] === "conntrack" ? '{"removed":1,"entries":0}' : "";
      }
      const asked: { key: string; in: string; set?: string }[] = JSON.parse(String(options.stdin));
      const answers = asked.map(({ key, in: place, set }) => {
        const command = `${node} ${key}${set === undefined ? "?" : `=${set}`}`;
        ran.push(command);
        return { key, in: place, before: now, got: set ?? now, error: refuse(command) ? "refused" : null };
      });
      return JSON.stringify(answers);
    },
  };
}

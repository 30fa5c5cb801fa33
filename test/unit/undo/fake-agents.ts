import type { Agents } from "../../../runner/probes/agents.ts";

export interface FakeAgents extends Agents {
  /** "NODE COMMAND…", in order; a sysctl's are its settings. */
  readonly ran: string[];
}

/** Agents that note what they are told, and have a value of "old" for each setting. */
export function fakeAgents(nodes: readonly string[], refuse: (command: string) => boolean = () => false): FakeAgents {
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
        return { key, in: place, before: "old", got: set ?? "old", error: refuse(command) ? "refused" : null };
      });
      return JSON.stringify(answers);
    },
  };
}

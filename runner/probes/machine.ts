import { z } from "zod";
import { readDocument } from "../json-document.ts";
import type { Agents } from "./agents.ts";

const machine = z.object({
  devices: z.array(
    z.object({ name: z.string(), driver: z.string(), mtu: z.number(), txChecksum: z.boolean().nullable() }),
  ),
  search: z.array(z.string()).nullable(),
});
/** Network devices of a node, and the search list that it gives to pods; null: that can't be read. */
export type Machine = z.infer<typeof machine>;

export async function readMachine(agents: Agents, node: string): Promise<Machine> {
  return readDocument(
    `agent machine on node ${node}`,
    await agents.run(node, ["machine"], { repeatable: true }),
    machine,
  );
}

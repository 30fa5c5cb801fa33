import { z } from "zod";
import { flushConntrack } from "../../probes/conntrack.ts";
import { attemptEach } from "../attempt-each.ts";
import { onPresentNodes } from "../present-nodes.ts";
import { changeKind } from "./kind.ts";

/** Entries that a load leaves in a node's conntrack table: our prefilled ones, and those of connections to `addresses`. */
export const conntrackEntries = changeKind({
  name: "conntrack-entries",
  schema: z.object({
    change: z.literal("conntrack-entries"),
    node: z.string(),
    addresses: z.array(z.string()).readonly(),
  }),
  thing: ({ node, addresses }) => `${node} ${addresses.join(",")}`,
  undoing: "Removing the run's entries from connection tables",
  async undo(target, changes) {
    await onPresentNodes(target, changes, (agents, reached) =>
      attemptEach(reached, async ({ node, addresses }) => {
        await flushConntrack(agents, node, addresses);
      }),
    );
  },
});

import { z } from "zod";
import { uncordon } from "../../faults/node.ts";
import { attemptEach } from "../attempt-each.ts";
import { changeKind } from "./kind.ts";

/** A node on which nothing new is put for a while; one that was so before is none of ours. */
export const cordoned = changeKind({
  name: "cordon",
  schema: z.object({
    change: z.literal("cordon"),
    node: z.string(),
    /** As the node says it. Absent in journals of versions that did not mark nodes. */
    by: z.object({ namespace: z.string(), run: z.string() }).exactOptional(),
  }),
  thing: ({ node }) => node,
  undoing: "Letting pods on the nodes again",
  undo: ({ cluster }, changes) => attemptEach(changes, ({ node, by }) => uncordon(cluster, node, by)),
});

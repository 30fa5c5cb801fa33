import { z } from "zod";
import { PathBefore, undoPath } from "../../probes/pod-path.ts";
import { attemptEach } from "../attempt-each.ts";
import { onPresentNodes } from "../present-nodes.ts";
import { changeKind } from "./kind.ts";

/** A node's path to other nodes' pods: a VXLAN device of ours, routes that lead by it or past it, and checksums of an overlay. */
export const podPath = changeKind({
  name: "pod-path",
  schema: z.object({ change: z.literal("pod-path"), node: z.string(), before: PathBefore }),
  thing: ({ node }) => node,
  undoing: "Putting back the paths between the nodes' pods",
  async undo(target, changes) {
    await onPresentNodes(target, changes, (agents, reached) =>
      attemptEach(reached, async ({ node, before }) => {
        for (const sentence of await undoPath(agents, node, before)) target.tell(`On node ${node}: ${sentence}.`);
      }),
    );
  },
});

import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
import { writeBack } from "../../tunings/apply.ts";
import { restoreKernelSysctl } from "../kernel-sysctl.ts";
import { onPresentNodes } from "../present-nodes.ts";
import { changeKind } from "./kind.ts";

/** A node's setting, with its value from before. */
export const sysctl = changeKind({
  name: "sysctl",
  schema: z.object({
    change: z.literal("sysctl"),
    node: z.string(),
    key: z.string(),
    in: z.enum(["kernel", "node"]),
    before: z.string(),
    /** What it was set to. Absent in journals of versions that did not write it. */
    wrote: z.string().exactOptional(),
  }),
  thing: ({ node, in: place, key }) => `${node} ${place} ${key}`,
  undoing: "Putting node settings back",
  async undo(target, values) {
    await onPresentNodes(target, values, async (agents, reached) => {
      const { failed: failures, left } = await writeBack(agents, reached);
      for (const { node, key, now, wrote, before } of left) {
        target.tell(
          `${key} on node ${node} is ${now} by now, and this run had set it to ${wrote}: somebody else has changed it, so it is left as it is (before this run it was ${before})`,
        );
      }
      const [failed] = failures;
      if (failed) throw new EnvironmentError(`${failed.key} could not be put back: ${failed.error}`);
    });
  },
  undoInKernel(values) {
    for (const { key, before } of values.filter((each) => each.in === "kernel")) {
      try {
        restoreKernelSysctl(key, before);
      } catch (error) {
        throw new EnvironmentError(`${key} could not be put back to ${before}`, { cause: error });
      }
    }
  },
});

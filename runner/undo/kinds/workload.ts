import { z } from "zod";
import { putBackWorkload, WorkloadChange } from "../../tunings/workload/put-back.ts";
import { attemptEach } from "../attempt-each.ts";
import { changeKind } from "./kind.ts";

/** A Deployment of the user's, on which settings are tried: its fields from before. */
export const workload = changeKind({
  name: "workload",
  schema: WorkloadChange.extend({ change: z.literal("workload") }),
  thing: ({ kind, namespace, name }) => `${kind} ${namespace}/${name}`,
  undoing: "Putting your workload back",
  undo: (target, changes) => attemptEach(changes, (change) => putBackWorkload(target.cluster, change, target)),
});

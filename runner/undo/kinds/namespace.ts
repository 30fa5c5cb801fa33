import { z } from "zod";
import { deleteNamespace } from "../../cluster/namespace.ts";
import { changeKind } from "./kind.ts";

/** The run's namespace, with all that is in it. */
export const namespace = changeKind({
  name: "namespace",
  schema: z.object({ change: z.literal("namespace") }),
  thing: () => "namespace",
  undoing: "Deleting the run's namespace",
  undo: ({ cluster }) => deleteNamespace(cluster),
});

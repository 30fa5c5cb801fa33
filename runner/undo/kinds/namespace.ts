import { z } from "zod";
import { deleteNamespace } from "../../cluster/namespace.ts";
import { inNamespace } from "../../cluster/own-namespace.ts";
import { changeKind } from "./kind.ts";

/** A namespace of the run, with all that is in it. */
export const namespace = changeKind({
  name: "namespace",
  schema: z.object({
    change: z.literal("namespace"),
    /** Journals of versions that had one only do not name it. */
    name: z.string().exactOptional(),
    /** Whose it is: by then another run may have one of that name. Absent in journals of versions that did not write it. */
    run: z.string().exactOptional(),
  }),
  thing: ({ name }) => name ?? "namespace",
  undoing: "Deleting the run's namespaces",
  async undo({ cluster, isHurried, tell }, namespaces) {
    const deleting = namespaces.map(({ name = cluster.namespace, run }) =>
      deleteNamespace(inNamespace(cluster, name), run, isHurried),
    );
    await Promise.allSettled(deleting);
    await Promise.all(deleting);
    if (isHurried()) tell("The cluster deletes the run's namespace by itself, in some seconds");
  },
});

import { z } from "zod";
import { deleteOwnObject, podsGone } from "../../cluster/lent-namespace.ts";
import { attemptEach } from "../attempt-each.ts";
import { changeKind } from "./kind.ts";

/** An object that the run made in a namespace of the user's, which stays. */
export const ownObject = changeKind({
  name: "own-object",
  schema: z.object({
    change: z.literal("own-object"),
    apiVersion: z.string(),
    kind: z.string(),
    name: z.string(),
  }),
  thing: ({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`,
  undoing: "Deleting the run's objects in your namespace",
  async undo({ cluster }, objects) {
    await attemptEach(objects, (object) => deleteOwnObject(cluster, object));
    if (objects.length > 0) await podsGone(cluster);
  },
});

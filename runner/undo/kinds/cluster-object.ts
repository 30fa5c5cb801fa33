import { z } from "zod";
import { deleteClusterObject } from "../../cluster/cluster-objects.ts";
import { attemptEach } from "../attempt-each.ts";
import { changeKind } from "./kind.ts";

/** An object in no namespace: created by the run, and to be deleted. */
export const clusterObject = changeKind({
  name: "cluster-object",
  schema: z.object({
    change: z.literal("cluster-object"),
    apiVersion: z.string(),
    kind: z.string(),
    name: z.string(),
  }),
  thing: ({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`,
  undoing: "Deleting the run's objects outside its namespace",
  undo: ({ cluster }, objects) => attemptEach(objects, (object) => deleteClusterObject(cluster, object)),
});

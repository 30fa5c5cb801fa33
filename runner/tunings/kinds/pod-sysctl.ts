import { z } from "zod";
import { undo } from "../descriptor/fields.ts";
import { type PodSysctl, podSysctl } from "../sysctl.ts";
import { tuningKind } from "./kind.ts";
import { SYSCTL_FIELDS, SYSCTL_PLACES } from "./sysctl-fields.ts";

const schema = z.strictObject({
  kind: z.literal("pod-sysctl"),
  ...SYSCTL_FIELDS,
  scope: z.literal("pod-spec").describe("where it is set: in the load pods' securityContext.sysctls"),
  actsIn: z
    .enum(["client-pods", "client-and-server-pods"])
    .describe("where it has to be to do what is claimed; only load pods are given it"),
  undo: undo("it goes with the pods"),
});

export const podSysctlKind = tuningKind({
  name: "pod-sysctl",
  schema,
  make: ({ key, value, actsIn, note }, { name }): PodSysctl =>
    podSysctl({ name, key, value, actsIn: SYSCTL_PLACES[actsIn], note }),
  asks: async ({ key, value }) => {
    const { loadPod } = await import("../../workloads/load-pod.ts");
    const securityContext = { sysctls: [{ name: key, value }] };
    return [
      { kind: "pod-sysctl", key },
      { kind: "admission", made: { resource: "pods", object: loadPod({ securityContext }) } },
    ];
  },
});

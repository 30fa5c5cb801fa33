import { z } from "zod";

export const Target = z.object({
  kind: z.enum(["lab", "kubeconfig"]),
  context: z.string(),
  kubernetes: z.string(),
  cni: z.string(),
  proxyMode: z.string(),
  kernel: z.string(),
  nodes: z.number().int(),
  nodeFacts: z.array(
    z.object({
      name: z.string(),
      cpus: z.number(),
      memoryBytes: z.number(),
      region: z.string().nullable(),
      zone: z.string().nullable(),
      containerRuntime: z.string(),
    }),
  ),
});
export type Target = z.infer<typeof Target>;

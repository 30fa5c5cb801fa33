import { z } from "zod";
import { COMMON_FIELDS, readBack } from "../descriptor/fields.ts";
import { IN_ALL_PODS, IN_CLIENTS, IN_NODES, IN_SERVERS } from "../sysctl.ts";

/** Where sysctls of the network can act. */
export const SYSCTL_PLACES = {
  nodes: IN_NODES,
  "client-pods": IN_CLIENTS,
  "server-pods": IN_SERVERS,
  "client-and-server-pods": IN_ALL_PODS,
} as const;

/** Of every sysctl, wherever it is set. */
export const SYSCTL_FIELDS = {
  ...COMMON_FIELDS,
  key: z
    .string({ error: "is not text; write it as sysctl(8) takes it, e.g. net.ipv4.tcp_fin_timeout" })
    .regex(/^net(\.[a-z0-9_-]+)+$/, {
      error: "is not a sysctl of the network; write one that begins with net., with dots between its parts",
    })
    .describe("as sysctl(8) takes it"),
  value: z
    .union([z.string(), z.number()], { error: "is neither text nor a number" })
    .transform((value) => String(value).trim().replace(/\s+/g, " "))
    .refine((value) => value !== "", { error: "is empty" })
    .describe("as sysctl(8) takes it; several numbers with blanks between them"),
  readBack: readBack("the value in force, in every node's and every pod's network namespace"),
};

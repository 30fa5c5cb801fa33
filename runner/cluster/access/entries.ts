import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../errors.ts";
import { badShape } from "./bad-shape.ts";
import type { Found } from "./read-file.ts";

/** `null` and nothing are the same, as in the files that tools write; so is the empty text. */
const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((value) => value ?? []);

export const ContextEntry = z.object({ cluster: text, user: text, namespace: text });
export type ContextEntry = z.infer<typeof ContextEntry>;

export const ClusterEntry = z.object({
  server: text,
  "certificate-authority": text,
  "certificate-authority-data": text,
  "tls-server-name": text,
  "insecure-skip-tls-verify": flag,
  "disable-compression": flag,
  "proxy-url": text,
  extensions: list(z.object({ name: z.string(), extension: z.unknown() })),
});
export type ClusterEntry = z.infer<typeof ClusterEntry>;

export const ExecEntry = z.object({
  apiVersion: text,
  command: text,
  args: list(z.string()),
  env: list(z.object({ name: z.string(), value: z.string() })),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: z
    .enum(["Never", "IfAvailable", "Always"])
    .nullish()
    // The default of v1beta1; v1 wants it written.
    .transform((value) => value ?? "IfAvailable"),
});
export type ExecEntry = z.infer<typeof ExecEntry>;

export const UserEntry = z.object({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  as: text,
  "as-uid": text,
  "as-groups": list(z.string()),
  "as-user-extra": z
    .record(z.string(), list(z.string()))
    .nullish()
    .transform((value) => value ?? {}),
  exec: ExecEntry.nullish().transform((value) => value ?? undefined),
  "auth-provider": z
    .object({ name: z.string(), config: z.record(z.string(), z.string()).nullish() })
    .nullish()
    .transform((value) => value ?? undefined),
});
export type UserEntry = z.infer<typeof UserEntry>;

/** @throws UsageError saying which field of which file is not as it should be */
export function entryOf<T>(schema: z.ZodType<T>, what: string, { entry, file }: Found): T {
  const parsed = schema.safeParse(entry);
  if (parsed.success) return parsed.data;
  throw new UsageError(`kubeconfig ${file}, ${what}: ${badShape(parsed.error)}`);
}

/** Paths in a kubeconfig start from its folder. */
export function pathFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

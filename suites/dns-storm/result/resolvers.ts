import { z } from "zod";

export const RESOLVERS = ["glibc", "musl", "node", "node-c-ares"] as const;
/** Who looks names up. */
export const ResolverName = z
  .enum(RESOLVERS)
  .describe("node: dns.lookup, which is its libc's; node-c-ares: dns.resolve4 and dns.resolve6");
export type ResolverName = z.infer<typeof ResolverName>;

export const NAME_KINDS = [
  "short",
  "svc-ns",
  "svc-ns-svc",
  "full",
  "external",
  "external-one-dot",
  "external-dot",
  "missing",
] as const;
/** What a name stands for, e.g. svc-ns-svc: kubernetes.default.svc; external-dot: api.shop.test. (with its dot). */
export const NameKind = z.enum(NAME_KINDS);
export type NameKind = z.infer<typeof NameKind>;

import { z } from "zod";

/** How a scheduled request can end other than well. Every scheduled request ends in exactly one bucket. */
export const FAILURE_CAUSES = [
  "connect-timeout",
  "response-timeout",
  "refused",
  "reset",
  "port-exhausted",
  "unreachable",
  "truncated",
  "protocol-error",
  "tls",
  "dns-timeout",
  "dns-servfail",
  "dns-nxdomain",
  "dns-nodata",
  "dns-error",
  "status-4xx",
  "status-500",
  "status-502",
  "status-503",
  "status-504",
  "status-5xx",
  "unexpected-status",
  "not-sent",
] as const;
export const FailureCause = z.enum(FAILURE_CAUSES);
export type FailureCause = z.infer<typeof FailureCause>;

const count = z.number().int().nonnegative();
const perCause = Object.fromEntries(FAILURE_CAUSES.map((cause) => [cause, count.exactOptional()])) as Record<
  FailureCause,
  z.ZodExactOptional<typeof count>
>;

/** Outcome counts; `ok` is always there, a cause only where it happened. What is not a cause is refused. */
export const Outcomes = z.strictObject({ ok: count, ...perCause });
export type Outcomes = z.infer<typeof Outcomes>;

/** The failures among outcomes, with their causes. */
export function failuresIn({ ok: _, ...failures }: Outcomes): [FailureCause, number][] {
  return Object.entries(failures) as [FailureCause, number][];
}

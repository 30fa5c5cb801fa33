/** The lines that the undici engine prints before its report, one per request; the runner reads them with this. */
import { z } from "zod";
import { FAILURE_CAUSES } from "../../../runner/result/outcomes.ts";

/** What a line begins with. */
export const TIMELINE_PREFIX = "timeline ";

const at = z.number().describe("ms from the load's start");

/** Instants that a request did not reach are left out. Short keys: a run prints tens of thousands of them. */
export const TimelineLine = z.object({
  n: z.number().int().nonnegative().describe("number of the request in its worker, in order of schedule"),
  to: z.string().describe("the target's name; with the worker's number and n it makes the request's X-Request-Id"),
  m: z.string().describe("its method"),
  at: at.describe("when it was scheduled"),
  go: at.describe("when the generator began it"),
  dns: at
    .optional()
    .describe("when its target's name was resolved; only where the target is a name and the connection new"),
  con: at.optional().describe("when its TCP connection stood; not on a connection that was there"),
  tls: at.optional().describe("when its TLS handshake was done"),
  req: at.optional().describe("when the request was written"),
  fb: at.optional().describe("when the first byte of the response was there"),
  end: at.describe("when it ended, well or not"),
  out: z.enum(["ok", ...FAILURE_CAUSES]),
  st: z.number().int().optional().describe("status code"),
  pod: z.string().optional().describe("who answered, by the response's x-pod header"),
  ip: z.string().optional().describe("address that was connected to"),
  lp: z.number().int().optional().describe("local port"),
  re: z.literal(1).optional().describe("on a connection that had served another request"),
  err: z
    .object({
      code: z.string(),
      message: z.string(),
      syscall: z.string().optional(),
      errno: z.number().int().optional(),
    })
    .optional(),
});
export type TimelineLine = z.infer<typeof TimelineLine>;

/** @returns undefined for a line that is none @throws Error if it is a broken one */
export function parseTimeline(line: string): TimelineLine | undefined {
  return line.startsWith(TIMELINE_PREFIX)
    ? TimelineLine.parse(JSON.parse(line.slice(TIMELINE_PREFIX.length)))
    : undefined;
}

import { isIPv6 } from "node:net";
import { z } from "zod";
import { MOST_LAG_P99_MS } from "./saturation.ts";

/** Within the histograms' range, and twice as long as any client would wait. */
const LONGEST_TIMEOUT_MS = 120_000;
const LONGEST_RUN_MS = 24 * 3_600_000;

const positive = z.number().int().positive();
const ms = positive.max(LONGEST_RUN_MS);
/** What fits into a request's head as it is. */
const token = z.string().regex(/^[\x21-\x7e]+$/, "must be one word of printable ASCII");

const tls = z.strictObject({
  serverName: token.optional().describe("SNI, and the name that the certificate is checked for; default is the host"),
  verify: z.boolean().default(true),
  ca: z.string().optional().describe("PEM; default is Node's own list"),
});

const target = z.strictObject({
  address: z
    .string()
    .transform(parseAddress)
    .describe("host:port; a host that is a name is looked up for each connection"),
  host: token.optional().describe("Host header; default is the address"),
  path: token.startsWith("/").default("/"),
  tls: tls.optional(),
});

const common = {
  worker: z.number().int().nonnegative().default(0).describe("which of several generators this is"),
  timeoutMs: positive
    .max(LONGEST_TIMEOUT_MS)
    .describe("of a request, from its scheduled instant or, without one, its begin"),
  sliceMs: ms.default(250).describe("length of the report's time slices"),
  gateTimeoutMs: ms.default(60_000),
  mostLagMs: positive
    .default(MOST_LAG_P99_MS)
    .describe("later than this at p99 a generator with a schedule calls itself saturated"),
};

const stage = z.strictObject({
  durationMs: ms,
  fromPerSecond: z.number().nonnegative(),
  toPerSecond: z.number().nonnegative(),
});

/** Open loop, one timeline per request. */
const undiciSpec = z.strictObject({
  engine: z.literal("undici"),
  ...common,
  targets: z
    .array(target.extend({ name: token.describe("in timelines, and what X-Request-Id begins with") }))
    .min(1)
    .describe("in turn"),
  methods: z
    .array(z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))
    .min(1)
    .default(["GET"])
    .describe("in turn, one for all targets, then the next one"),
  stages: z.array(stage).min(1),
  arrivals: z.enum(["constant", "poisson"]).default("constant"),
  seed: z.number().int().nonnegative().default(0),
  maxInFlight: positive.describe("requests beyond it end as not-sent; the limit of open files bounds it too"),
  keepAlive: z.boolean().default(false).describe("false: each request on a connection of its own"),
  closeWith: z
    .enum(["fin", "rst"])
    .default("fin")
    .describe("how the client closes a connection that it no longer needs"),
  maxTimelines: z
    .number()
    .int()
    .nonnegative()
    .default(50_000)
    .describe("of good requests; and as many again of failed ones"),
});

/** Open loop, names instead of requests. */
const lookupsSpec = z.strictObject({
  engine: z.literal("lookups"),
  ...common,
  resolver: z.enum(["node", "node-c-ares"]).describe("dns.lookup; or dns.resolve4 and dns.resolve6"),
  names: z
    .array(z.strictObject({ kind: z.string(), name: token, wanted: z.literal("dns-nxdomain").optional() }))
    .min(1)
    .describe("in turn"),
  stages: z.array(stage).min(1),
  arrivals: z.enum(["constant", "poisson"]).default("constant"),
  seed: z.number().int().nonnegative().default(0),
  maxInFlight: positive.describe("look-ups beyond it end as not-sent"),
});

/** Closed loop: as much as so many connections can take. */
const autocannonSpec = z
  .strictObject({
    engine: z.literal("autocannon"),
    ...common,
    target,
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).default("GET"),
    connections: positive.max(100_000),
    durationMs: ms,
    keepAlive: z.boolean().default(true).describe("false: each request on a connection of its own"),
  })
  .refine((spec) => spec.target.tls?.verify !== true, {
    path: ["target", "tls", "verify"],
    message: "must be false: autocannon can't check certificates",
  });

const spec = z.discriminatedUnion("engine", [undiciSpec, lookupsSpec, autocannonSpec]);
export type WorkerSpec = z.output<typeof spec>;
/** As the runner writes it, defaults left out. */
export type WorkerSpecInput = z.input<typeof spec>;
export type UndiciSpec = Extract<WorkerSpec, { engine: "undici" }>;
export type LookupsSpec = Extract<WorkerSpec, { engine: "lookups" }>;
export type AutocannonSpec = Extract<WorkerSpec, { engine: "autocannon" }>;
export type Target = AutocannonSpec["target"];
export type NamedTarget = UndiciSpec["targets"][number];

/** @throws Error with one sentence that says what is wrong. */
export function parseSpec(text: string | undefined): WorkerSpec {
  if (text === undefined || text === "") throw new Error("there is no spec: set PACKETWALK_LOAD");
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new Error(`the spec is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = spec.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join(".") || "it";
  throw new Error(`the spec is not valid: ${where}: ${issue?.message ?? "unknown"}`);
}

function parseAddress(address: string, context: z.RefinementCtx<string>): { hostname: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:\s/]+)):(\d{1,5})$/.exec(address) ?? [];
  const hostname = bracketed ?? plain;
  const port = Number(digits);
  const isValid =
    hostname !== undefined && port >= 1 && port <= 65_535 && (bracketed === undefined || isIPv6(bracketed));
  if (isValid) return { hostname, port };
  context.addIssue({ code: "custom", message: `"${address}" is not host:port` });
  return z.NEVER;
}

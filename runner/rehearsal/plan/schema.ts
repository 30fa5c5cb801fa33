/** The plan's file, field by field. What goes beyond one field is in checks.ts and beside what is made of it. */
import { z } from "zod";
import { DECIMALS, GAPS, UNITS } from "../traffic/options.ts";
import { duration, length, number, share, text, wholeNumber, wholeSeconds, word, yesOrNo } from "./units.ts";

/** Exactly one of them has to be there; a JSON Schema can say so, and `onlyOf` does here. */
function exactlyOne(keys: readonly string[]) {
  return { oneOf: keys.map((key) => ({ required: [key] })) };
}

const list = (what: string) => ({ error: `is not a list; write ${what} below it, each with a hyphen` });

/** Requests per minute, as dashboards and people have them. */
const perMinute = (what: string, least = 0) =>
  number(what, least, 60_000_000, `is not a number of requests per minute; write one from ${least} on`);

const NAMES = z
  .array(text("a name as a resolver is asked for it"), list("names"))
  .min(1, { error: "is empty; write at least one name" });

const SecretValue = z
  .strictObject({
    secret: text("NAMESPACE/NAME"),
    key: text("of the Secret's data"),
  })
  .describe("read from a Secret of the cluster when the load is made; never printed");

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export const TARGET_KINDS = ["service", "ingress", "gateway", "names", "reference", "k6"] as const;
/** Fields that go with k6 alone. */
export const SCRIPT_FIELDS = ["exec", "hosts", "env"] as const;
/** Fields that say what a request is. */
/** Fields that go with what stands before Services. */
export const FRONT_FIELDS = ["tls", "namespace", "through"] as const;
export const REQUEST_FIELDS = ["method", "path", "headers", "body", "bodyFile", "expect"] as const;

const NO_VARIABLE =
  "is neither text nor a Secret's key; write a text in quotes, or secret: NAMESPACE/NAME and key: below it";
const NO_HEADER =
  "is neither text nor a Secret's key; write a text in quotes, or secret: NAMESPACE/NAME and key: below it";

const Target = z
  .strictObject({
    name: word("one word, for pages and request ids"),
    service: text("NAMESPACE/NAME or NAMESPACE/NAME:PORT of a Service of yours; a port by number or name").optional(),
    ingress: text("host of an Ingress of yours").optional(),
    gateway: text("host of an HTTPRoute of yours at a Gateway").optional(),
    names: NAMES.describe("looked up by the cluster's DNS, instead of requests").optional(),
    reference: z
      .strictObject({ replicas: wholeNumber("pods of it", 1, 50).default(2) })
      .describe("a web workload that packetwalk deploys for the rehearsal, and takes away after it")
      .optional(),
    k6: text("a k6 script of yours, from the plan's folder on, which is run unchanged").optional(),
    exec: text(
      "the exported function of the k6 script that each iteration runs, instead of the scenarios, stages and so on in its options; default: its default function",
    ).optional(),
    hosts: z
      .array(text("NAME or NAME:PORT; without one, 80 and 443"), list("hosts"))
      .min(1, { error: "is empty; write at least one host" })
      .describe("all that the k6 script may talk to")
      .optional(),
    env: z
      .record(z.string(), z.union([z.string(), SecretValue], { error: NO_VARIABLE }), {
        error: "is not a list of variables; write NAME: value below it, indented",
      })
      .describe("that the k6 script finds in __ENV")
      .optional(),
    owned: yesOrNo(
      "true: it is yours, and load may be put on it; all but reference need it, names for the cluster's DNS",
    ).optional(),
    weight: number(
      "its part of the requests, relative to the other targets'",
      0.001,
      1000,
      "is not a weight; write a number from 0.001 to 1000, or take the target out",
    ).default(1),
    tls: yesOrNo("https instead of http; for ingress and gateway").optional(),
    namespace: text(
      "of the Ingress or HTTPRoute; without it all are looked through, which takes the right to list them",
    ).optional(),
    through: text(
      "NAMESPACE/NAME or NAMESPACE/NAME:PORT of the controller's Service, by which an ingress or gateway is reached; default: the address in its status",
    ).optional(),
    method: z.enum(METHODS).describe("default GET").optional(),
    path: text("with its query; default /").optional(),
    headers: z
      .record(z.string(), z.union([z.string(), SecretValue], { error: NO_HEADER }), {
        error: "is not a list of headers; write NAME: value below it, indented",
      })
      .describe("of every request")
      .optional(),
    body: text("of every request; for POST, PUT and PATCH").optional(),
    bodyFile: text("a file with the body, from the plan's folder on").optional(),
    expect: z
      .array(wholeNumber("an HTTP status", 200, 599), list("statuses"))
      .min(1, { error: "is empty; write the statuses that are good, or take it out" })
      .describe("statuses that are good; default: all below 400")
      .optional(),
  })
  .meta(exactlyOne(TARGET_KINDS));

/** An instant of the rehearsed day. */
const instant = () =>
  z
    .union([z.literal("peak"), duration("from the day's start")], {
      error: "is not an instant of the day; write how long after its start, such as 90s, or peak",
    })
    .describe("from the start of the rehearsed day on; peak: when its rate is highest");

const column = (what: string) =>
  z
    .union([z.string().min(1), z.int().min(1)], { error: "is not a column; write its name, or its place from 1 on" })
    .describe(what);

export const SHAPES = ["perMinute", "stages", "csv"] as const;
/** Fields that say how a CSV is read. */
export const CSV_FIELDS = ["column", "timeColumn", "timeZone", "unit", "decimal", "gaps"] as const;

/** A minute that passes within a second is as fast as what is seen once a second can be. */
const MOST_SPEED = 60;

const Traffic = z
  .strictObject({
    perMinute: perMinute("requests per minute, all the time", 1).optional(),
    for: length("how long, with perMinute").optional(),
    stages: z
      .array(
        z.strictObject({
          for: length("how long"),
          from: perMinute("requests per minute at its start; default: where the stage before ended").optional(),
          to: perMinute("requests per minute at its end"),
        }),
        list("stages"),
      )
      .min(1, { error: "is empty; write at least one stage" })
      .describe("rates that move in straight lines")
      .optional(),
    csv: text("a file with requests over time, from the plan's folder on").optional(),
    column: column("of the CSV, with the requests; default: the only one with numbers").optional(),
    timeColumn: column(
      "of the CSV, with the times; none: each row is a minute; default: the only one with times",
    ).optional(),
    timeZone: text("of times in the CSV that name none, such as Europe/Berlin").optional(),
    unit: z
      .enum(UNITS)
      .describe("of the CSV's numbers; sum: requests of each row's whole step; default: sum, where no doubt is left")
      .optional(),
    decimal: z.enum(DECIMALS).describe("sign of the CSV's numbers; default: as they show").optional(),
    gaps: z
      .enum(GAPS)
      .describe(
        "minutes without a number; refuse: an error; zero: no requests; bridge: a straight line across; default refuse",
      )
      .optional(),
    scaleTo: perMinute("the peak without spikes that the day is scaled to, in requests per minute", 1).optional(),
    scale: number(
      "multiple of the rates",
      0.001,
      1000,
      "is not a multiple; write a number from 0.001 to 1000",
    ).optional(),
    speed: number(
      "10: the day lasts a tenth, at the same rates",
      1,
      MOST_SPEED,
      `is not a speed; write a number from 1 to ${MOST_SPEED}`,
    ).default(1),
    spikes: z
      .array(
        z.strictObject({
          at: instant(),
          for: length("how long"),
          factor: number("multiple of the rate meanwhile", 0, 1000, "is not a multiple; write a number from 0 to 1000"),
        }),
        list("spikes"),
      )
      .default([])
      .describe("such as flash sales; on top of scaleTo"),
    newConnections: share("of requests on a new connection; default: all, which is hardest for the network").optional(),
    arrivals: z
      .enum(["constant", "poisson"])
      .default("constant")
      .describe("constant: evenly spaced; poisson: independent of each other, as of many users"),
  })
  .meta(exactlyOne(SHAPES));

export const EVENT_KINDS = ["rollout", "drain", "zone-gone", "dns-pod-lost", "lookup-storm"] as const;

const Event = z
  .strictObject({
    name: text("default: what happens, and when").optional(),
    at: instant(),
    for: length("how long; with drain, zone-gone and lookup-storm").optional(),
    rollout: text("NAMESPACE/NAME of a Deployment that is restarted").optional(),
    drain: text("name of a node that is cordoned and drained").optional(),
    "zone-gone": text("zone whose nodes are all cordoned and drained").optional(),
    "dns-pod-lost": z
      .literal(true, { error: "is not true; write true, or take the event out" })
      .describe("true: one of the cluster's DNS pods is deleted")
      .optional(),
    "lookup-storm": z
      .strictObject({
        perSecond: number("look-ups a second", 1, 1_000_000, "is not a rate; write look-ups a second, from 1 on"),
        names: NAMES.describe("that are looked up in turn"),
        owned: yesOrNo("true: the cluster's DNS is yours, and load may be put on it; needed").optional(),
      })
      .describe("look-ups beside the load")
      .optional(),
  })
  .meta(exactlyOne(EVENT_KINDS));

export const SLO_FIELDS = ["failed", "status5xx", "p99", "drops"] as const;

const SloGiven = z
  .strictObject({
    name: word("default: its field").optional(),
    failed: share("most of the requests that may fail").optional(),
    status5xx: share("most of the requests that may be answered with 5xx").optional(),
    p99: length("most that 99 of 100 good answers may take").optional(),
    drops: wholeNumber("packets that may be dropped", 0, 1_000_000_000).optional(),
    window: wholeSeconds("in which it is judged; default 10s, or the day or a stage where that is shorter").optional(),
    budget: share("of a stage's length that windows may be in breach; default 1 %, of drops 0").optional(),
  })
  .meta(exactlyOne(SLO_FIELDS));

const FACTOR = "is not a multiple of the expected peak; write a number from 0.1 to 100";

const SearchGiven = z.strictObject({
  factors: z
    .array(number("multiple of the expected peak", 0.1, 100, FACTOR), list("multiples"))
    .min(1, { error: "is empty; write at least one multiple" })
    .describe(
      "first steps, as multiples of the expected peak, rising; default 1, 1.5, 2, as far as limits.mostPerSecond goes",
    )
    .optional(),
  precision: share("bisection ends when two rates are within this share of each other")
    .refine((value) => value >= 0.01 && value <= 0.5, { error: "is out of reach; write from 1 % to 50 %" })
    .prefault("5 %"),
  stage: wholeSeconds("length of a stage; default: the model says how long each has to be").optional(),
  longestStage: wholeSeconds("longest that a stage may become; default 3m").optional(),
  mostMinutes: number(
    "of the whole search; default 12, or what the day leaves of limits.mostMinutes",
    1,
    1440,
    "is not a number of minutes; write one from 1 to 1440",
  ).optional(),
});

export const PlanFile = z.strictObject({
  name: word("of the rehearsal, for pages and files"),
  targets: z
    .array(Target, list("targets"))
    .min(1, { error: "is empty; write at least one target" })
    .describe("where the load goes"),
  traffic: Traffic.describe("how much load, and when"),
  during: z.array(Event, list("events")).default([]).describe("what happens meanwhile, on the same clock"),
  slos: z
    .array(SloGiven, list("SLOs"))
    .min(1, { error: "is empty; write at least one SLO" })
    .describe("what has to hold"),
  search: z
    .union([z.boolean(), SearchGiven], { error: "is neither true nor false; or write its fields below it, indented" })
    .default(true)
    .describe("for the highest rate at which every SLO holds; false: the day alone"),
  limits: z
    .strictObject({
      mostPerSecond: wholeNumber(
        "requests a second, whatever happens; default: twice what the search first asks, at most 20000",
        1,
        1_000_000,
      ).optional(),
      mostMinutes: number("of load in all", 1, 1440, "is not a number of minutes; write one from 1 to 1440").default(
        60,
      ),
      mostInFlight: wholeNumber(
        "requests in flight; default: what mostPerSecond and load.timeout allow, at most 20000",
        1,
        1_000_000,
      ).optional(),
      mostFailedRequests: wholeNumber(
        "of all stages together; once spent, the rehearsal ends with what it has; default: what mostPerSecond sends in a minute",
        1,
        1_000_000_000,
      ).optional(),
      mostBrokenStages: wholeNumber("that the search may break before it ends with what it has", 1, 1000).default(10),
    })
    .prefault({})
    .describe("that no engine and no stage exceeds"),
  headroom: number(
    "multiple of the expected peak that has to be held for a go",
    1,
    100,
    "is not a multiple; write a number from 1 to 100",
  ).default(1.2),
  load: z
    .strictObject({
      workers: wholeNumber("pods that share the load", 1, 500).default(2),
      nodes: z.enum(["one", "all"]).default("all").describe("where they run: on one node, or spread over all"),
      asClients: yesOrNo(
        "true: the workers are as many as the pods that will connect on the day, so their ports count as the path's; default false: they are the load's own",
      ).default(false),
      timeout: length("of a request")
        .refine((seconds) => seconds <= 120, { error: "is longer than 2m; write at most that" })
        .prefault("10s"),
    })
    .prefault({})
    .describe("who makes it"),
  seed: wholeNumber("of what is random", 0, 2_147_483_647).default(1),
});

export type PlanFile = z.output<typeof PlanFile>;
export type TargetFields = PlanFile["targets"][number];
export type TrafficFields = PlanFile["traffic"];
export type EventFields = PlanFile["during"][number];
export type SloFields = PlanFile["slos"][number];
export type SearchFields = z.output<typeof SearchGiven>;

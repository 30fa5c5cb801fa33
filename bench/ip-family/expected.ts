/** Pure: what each family of addresses must come to, whatever machine it is measured on. */
import { z } from "zod";

export const Looked = z.object({
  suites: z.array(z.object({ name: z.string(), state: z.string(), because: z.array(z.string()) })),
});
export type Looked = z.infer<typeof Looked>;

export const Compared = z.array(
  z.object({
    suite: z.object({ name: z.string() }),
    verdict: z.string(),
    attribution: z.object({ failures: z.number(), unexplained: z.number() }),
    arms: z.array(
      z.object({
        blocks: z.array(
          z.object({
            valid: z.boolean(),
            evidence: z.object({ counted: z.array(z.object({ agrees: z.boolean() })).exactOptional() }),
          }),
        ),
      }),
    ),
  }),
);
export type Compared = z.infer<typeof Compared>;

/** As `lab up --ip-family` names them. */
export const FAMILIES = ["dual", "ipv6-first"] as const;
export type TriedFamily = (typeof FAMILIES)[number];

/** Those that are compared: of each, the quick run's recommended arm removes the trouble. */
export const SUITES = ["connection-flood", "rolling-update", "dns-storm"] as const;
/** They ask about IPv4 alone. */
const IPV4_ONLY = ["overlay-tax", "service-scale"];
/** Of failed requests; what other programs on the machine do to a run is no evidence of a family. */
const MOST_UNEXPLAINED = 0.05;
/** Of counts of queries: where a machine is busy for seconds a query is sent again. */
const MOST_OFF = 0.02;

/** What preflight says otherwise than it has to; one sentence each. */
export function lookProblems(family: TriedFamily, { suites }: Looked): string[] {
  return suites.flatMap(({ name, state, because }) => {
    const barred = family === "ipv6-first" && IPV4_ONLY.includes(name);
    if (barred === (state === "cannot")) return [];
    return [`preflight says of ${name}: ${state}${because.length === 0 ? "" : ` (${because.join("; ")})`}`];
  });
}

/** What the comparisons came to otherwise than they have to; one sentence each. */
export function verdictProblems(results: Compared): string[] {
  return SUITES.flatMap((suite) => {
    const result = results.find((each) => each.suite.name === suite);
    if (result === undefined) return [`${suite} has no result`];
    const { failures, unexplained } = result.attribution;
    const valid = result.arms.flatMap(({ blocks }) => blocks.filter((block) => block.valid));
    const counted = valid.flatMap(({ evidence }) => evidence.counted ?? []);
    const off = counted.filter(({ agrees }) => !agrees).length;
    return [
      ...(result.verdict === "improved" ? [] : [`${suite}: ${result.verdict}`]),
      ...(unexplained <= MOST_UNEXPLAINED * failures
        ? []
        : [`${suite}: ${unexplained} of ${failures} failures are unexplained`]),
      ...(suite === "dns-storm" && counted.length === 0 ? [`${suite}: no query was counted`] : []),
      ...(off <= MOST_OFF * counted.length
        ? []
        : [`${suite}: ${off} of ${counted.length} counts of A and AAAA are not as predicted`]),
    ];
  });
}

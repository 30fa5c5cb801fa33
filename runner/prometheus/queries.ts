/** What is asked of Prometheus, from a file that users may write themselves. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { faultOf } from "../issue-words.ts";
import { BreakingHop } from "../result/rehearsal.ts";
import { readYamlFile } from "../yaml-file.ts";

/** The one that is read unless another is given. */
const OWN = fileURLToPath(new URL("../../manifests/prometheus/queries.yaml", import.meta.url));
const OWN_NAME = "manifests/prometheus/queries.yaml";

const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "is not a label: letters, digits and _ alone");
const labels = z.array(label).min(1, "names no label; write one at least");

const Query = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, "is not one word: letters, digits, dots, hyphens"),
  hop: BreakingHop,
  counter: z.string().regex(/^[\w:.-]+$/, "is not one word: letters, digits, dots, hyphens"),
  kind: z.enum(["counter", "gauge", "limit"]),
  as: z.enum(["lost", "rise", "per-second"]).optional(),
  select: z.string().min(1, "is empty; name a series"),
  at: z.enum(["node", "pod", "target-pod", "target-deployment"]),
  label: labels,
  namespaceLabel: labels.optional(),
});

export type PrometheusQuery = z.infer<typeof Query>;

const QueryFile = z.strictObject({ queries: z.array(Query).min(1, "names no query; write one at least") });

/**
 * @param path undefined: packetwalk's own
 * @throws UsageError in one sentence with file, line and field
 */
export function readQueries(path?: string): readonly PrometheusQuery[] {
  const file = readYamlFile(path ?? OWN, path ?? OWN_NAME);
  if (typeof file.value !== "object" || file.value === null || Array.isArray(file.value))
    throw file.fault([], "is not a list of fields; begin with queries:");
  const parsed = QueryFile.safeParse(file.value);
  if (!parsed.success) throw faultOf(file, parsed.error.issues, QueryFile);
  const { queries } = parsed.data;
  for (const [index, query] of queries.entries()) {
    const wrong = wrongIn(query, queries.slice(0, index), queries);
    if (wrong) throw file.fault(["queries", index, wrong.field], wrong.sentence);
  }
  return queries;
}

/** What no schema of one field sees; undefined: nothing. */
function wrongIn(
  { name, kind, as, counter, at, namespaceLabel }: PrometheusQuery,
  before: readonly PrometheusQuery[],
  all: readonly PrometheusQuery[],
): { readonly field: keyof PrometheusQuery; readonly sentence: string } | undefined {
  if (before.some((each) => each.name === name))
    return { field: "name", sentence: `${name} is the name of another one; take one of its own` };
  if (kind === "counter" && as === undefined)
    return { field: "as", sentence: "is missing; a counter can mean each, so write one of lost, rise, per-second" };
  if (kind !== "counter" && as !== undefined)
    return { field: "as", sentence: `is for counters, and this is a ${kind}; take it out` };
  if (kind === "limit" && !all.some((each) => each.kind === "gauge" && each.counter === counter && each.at === at))
    return { field: "counter", sentence: `there is no gauge ${counter} at: ${at} that it could be the limit of` };
  if (at.startsWith("target-") && namespaceLabel === undefined)
    return {
      field: "namespaceLabel",
      sentence: "is missing; without it a namesake in another namespace would be taken for the target",
    };
  return undefined;
}

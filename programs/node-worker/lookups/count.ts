import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Found, NameCounts, nameOf, readResolvConf } from "./found.ts";
import { type NodeResolver, resolveWith } from "./resolve.ts";

const Resolver = z.enum(["node", "node-c-ares"]);
const Question = z.strictObject({
  name: z.string().min(1),
  kind: z.string().default(""),
  times: z.int().positive(),
});
type Question = z.infer<typeof Question>;

/**
 * Looks names up as they are asked for, one after another: --count --resolver node|node-c-ares, and a line of JSON for each
 * (name, times, kind); an empty one is the last. With nothing else under way, what servers count meanwhile is due to one of
 * them. As `packetwalk-agent lookups --count`.
 * @throws Error with one sentence if the arguments or a question are no good
 */
export async function* countLookups(args: readonly string[], questions: Readable): AsyncGenerator<Found> {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: "boolean" }, resolver: { type: "string" } },
  });
  const resolver = demand(Resolver, values.resolver, "--resolver");
  for await (const line of createInterface({ input: questions })) {
    if (line === "") return;
    yield await count(resolver, demand(Question, JSON.parse(line), "the question"));
  }
}

async function count(resolver: NodeResolver, { name, kind, times }: Question): Promise<Found> {
  const resolve = resolveWith(resolver);
  const counts = new NameCounts({ kind, name });
  for (let number = 0; number < times; number++) {
    const startedMs = performance.now();
    const outcome = await resolve(nameOf({ kind, name }, 0, number));
    counts.ended(outcome, performance.now() - startedMs);
  }
  return { resolver, lookups: [counts.report()], resolvConf: readResolvConf() };
}

function demand<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`${what}: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
  return parsed.data;
}

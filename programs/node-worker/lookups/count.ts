import { parseArgs } from "node:util";
import { z } from "zod";
import { type Found, NameCounts, nameOf, readResolvConf } from "./found.ts";
import { resolveWith } from "./resolve.ts";

const Counting = z.object({
  count: z.coerce.number().int().positive(),
  name: z.string().min(1),
  kind: z.string().default(""),
  resolver: z.enum(["node", "node-c-ares"]),
});

/**
 * Looks one name up so many times, one after another: --count N --name NAME --resolver node|node-c-ares [--kind KIND]. With
 * nothing else under way, what servers count meanwhile is due to it. As `packetwalk-agent lookups --count`.
 * @throws Error with one sentence if the arguments are no good
 */
export async function countLookups(args: readonly string[]): Promise<Found> {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { count: option, name: option, kind: option, resolver: option },
  });
  const parsed = Counting.safeParse(values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error).replaceAll("\n", " "));
  const { count, name, kind, resolver } = parsed.data;
  const resolve = resolveWith(resolver);
  const counts = new NameCounts({ kind, name });
  for (let number = 0; number < count; number++) {
    const startedMs = performance.now();
    const outcome = await resolve(nameOf({ kind, name }, 0, number));
    counts.ended(outcome, performance.now() - startedMs);
  }
  return { resolver, lookups: [counts.report()], resolvConf: readResolvConf() };
}

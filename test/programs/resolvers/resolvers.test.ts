import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { lookupPrograms } from "../../../runner/lab/builds/lookup.ts";
import { queriesOf } from "../../../suites/dns-storm/analysis/queries.ts";
import type { Lookup, Query } from "../../../suites/dns-storm/analysis/question.ts";
import type { Asked } from "./fixtures/ask-resolvers.ts";
import { type Case, casesOf, TIMEOUT_S } from "./fixtures/cases.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/ask-resolvers.ts", import.meta.url));
const SEED = Number(process.env.PACKETWALK_SEED ?? 6);

/** Compilers that are missing are installed. */
const BUILD_AND_ASK_MS = 300_000;
/** The sooner of the two libcs: musl asks anew after its timeout, parted by its attempts. */
const ASKS_AGAIN_S = (0.9 * TIMEOUT_S) / 2;

describe.skipIf(process.getuid?.() !== 0)("the model and real resolvers, on the same look-ups", () => {
  let asked: readonly Asked[] = [];

  beforeAll(async () => {
    const { glibc, musl } = await lookupPrograms(() => {});
    const folder = await mkdtemp(join(tmpdir(), "packetwalk-resolvers-"));
    try {
      const node = [process.execPath, "--import", "tsx", FIXTURE, String(SEED), folder, glibc.path, musl.path];
      const ran = await execa("unshare", ["--net", "--mount", "--propagation", "private", ...node]);
      asked = JSON.parse(ran.stdout);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, BUILD_AND_ASK_MS);

  test.each(casesOf(SEED).map((each) => [labelOf(each), each] as const))("%s", (_, each) => {
    const { name, resolver, resolvConf, world } = each;
    const predicted = queriesOf(resolvConf, name, resolver, world);
    const real = asked.find(({ id }) => id === each.id);
    // Where the machine itself was away for so long, a resolver asked once more: what it asked counts then, not how often.
    const wasHeldUp = predicted.waitsS !== null && (real?.tookS ?? 0) - predicted.waitsS > ASKS_AGAIN_S;
    const asks = wasHeldUp ? (all: readonly string[]) => [...new Set(all)] : (all: readonly string[]) => [...all];
    expect(asks(sorted(real?.queries ?? []))).toEqual(asks(sorted(predicted.queries)));
    expect(tried(real?.queries ?? [])).toEqual(tried(predicted.queries));
    expect(ENDS[predicted.end]).toContain(real?.end);
    if (predicted.waitsS !== null)
      expect(Math.abs((real?.tookS ?? 0) - predicted.waitsS)).toBeLessThan(0.9 * TIMEOUT_S);
  });
});

/** getaddrinfo's return values and Node's codes; neither libc tells a server's failure from its silence. */
const AGAIN = ["-3", "EAI_AGAIN", "ESERVFAIL/ESERVFAIL", "EREFUSED/EREFUSED", "ETIMEOUT/ETIMEOUT"];
const ENDS: Readonly<Record<Lookup["end"], readonly string[]>> = {
  ok: ["0"],
  "dns-nxdomain": ["-2", "ENOTFOUND", "ENOTFOUND/ENOTFOUND"],
  // musl 1.2.3 has no code of its own for it.
  "dns-nodata": ["-5", "-2", "ENODATA", "ENOTFOUND", "ENODATA/ENODATA"],
  "dns-servfail": AGAIN,
  "dns-timeout": AGAIN,
};

function labelOf({ id, resolver, name, resolvConf }: Case): string {
  return `${id}: ${resolver}, ${name}, ${resolvConf.trim().split("\n").join("; ")}`;
}

/** Datagrams to several servers, or of several attempts, may overtake each other. */
function sorted(queries: readonly Query[]): string[] {
  return queries.map(({ fqdn, type, server }) => `${type} ${fqdn} ${server}`).sort();
}

/** The names in the order in which they were tried first. */
function tried(queries: readonly Query[]): string[] {
  return [...new Set(queries.map(({ fqdn }) => fqdn))];
}

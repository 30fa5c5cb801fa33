import type { V1Deployment } from "@kubernetes/client-node";
import { z } from "zod";
import { COMMON_FIELDS, readBack, undo, wholeNumber } from "../../../runner/tunings/descriptor/fields.ts";
import { tuningKind } from "../../../runner/tunings/kinds/kind.ts";
import type { Setting } from "../../../runner/tunings/tuning.ts";
import type { DnsOptions } from "../stage/dns/server.ts";
import { type DnsComponent, IN_CLUSTER_DNS } from "../tunings.ts";

const MOST_REPLICAS = 20;
const MOST_CONCURRENT = 1_000_000;
const A_DAY_S = 86_400;

const seconds = (least: number) =>
  wholeNumber(least, A_DAY_S, `is not a whole number of seconds from ${least} to ${A_DAY_S}`);

const schema = z.strictObject({
  kind: z.literal("dns-component"),
  ...COMMON_FIELDS,
  scope: z.literal("component").describe("where it is set: in the DNS under test"),
  actsIn: z.literal("cluster-dns").describe("where it has to be to do what is claimed"),
  corefile: z
    .strictObject({
      autopath: z.literal(true).optional().describe("CoreDNS walks the search list on the client's behalf"),
      cache: z
        .strictObject({
          ttlSeconds: seconds(1).describe("the longest time for any answer"),
          prefetch: z
            .boolean({ error: "is neither true nor false" })
            .default(false)
            .describe("asks anew for names in use before they run out"),
          serveStaleSeconds: seconds(0).default(0).describe("for how long it answers with what ran out; 0: never"),
        })
        .optional(),
      maxConcurrent: wholeNumber(1, MOST_CONCURRENT, `is not a whole number of queries from 1 to ${MOST_CONCURRENT}`)
        .optional()
        .describe("queries forwarded at once, beyond which more are refused"),
    })
    .optional(),
  replicas: wholeNumber(1, MOST_REPLICAS, `is not a whole number of pods from 1 to ${MOST_REPLICAS}`).optional(),
  readBack: readBack("the Corefile in force, and the pods that are ready"),
  undo: undo("it goes with the namespace"),
});

export const dnsComponentKind = tuningKind({
  name: "dns-component",
  schema,
  make: ({ corefile = {}, replicas, note }, { name, fault }): DnsComponent => {
    const { autopath, cache, maxConcurrent } = corefile;
    const change: Partial<DnsOptions> = {
      ...(autopath === undefined ? {} : { autopath }),
      ...(cache === undefined ? {} : { cache }),
      ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
      ...(replicas === undefined ? {} : { replicas }),
    };
    const parts = partsOf(change);
    if (parts.length === 0) throw fault(["kind"], "dns-component changes nothing here; write corefile or replicas");
    return {
      kind: "dns-component",
      scope: "component",
      name,
      change,
      setting: parts.map(({ setting }) => setting).join("; "),
      sets: parts.map(({ sets }) => sets),
      actsIn: IN_CLUSTER_DNS,
      note,
    };
  },
  asks: async () => {
    const { MANIFESTS } = await import("../stage/manifests.ts");
    const object = MANIFESTS.object<V1Deployment>("dns", "Deployment");
    return [{ kind: "admission", made: { resource: "deployments", object } }];
  },
});

interface Part {
  readonly setting: string;
  readonly sets: Setting;
}

function partsOf({ autopath, cache, maxConcurrent, replicas }: Partial<DnsOptions>): Part[] {
  const inCorefile = (plugin: string, words: string): Part => ({
    setting: `Corefile: ${words}`,
    sets: { what: `${plugin} in the Corefile`, value: words },
  });
  return [
    ...(autopath === undefined ? [] : [inCorefile("autopath", "autopath @kubernetes, pods verified")]),
    ...(cache === undefined ? [] : [inCorefile("cache", cacheWords(cache))]),
    ...(maxConcurrent === undefined
      ? []
      : [inCorefile("forward max_concurrent", `forward max_concurrent ${maxConcurrent}`)]),
    ...(replicas === undefined
      ? []
      : [
          {
            setting: `CoreDNS replicas = ${replicas}`,
            sets: { what: "replicas of the DNS under test", value: String(replicas) },
          },
        ]),
  ];
}

function cacheWords({ ttlSeconds, prefetch, serveStaleSeconds }: DnsOptions["cache"]): string {
  const more = [
    ...(prefetch ? ["prefetch"] : []),
    ...(serveStaleSeconds > 0 ? [`serve_stale ${span(serveStaleSeconds)}`] : []),
  ];
  return more.length === 0 ? `cache ${ttlSeconds}` : `cache ${ttlSeconds} { ${more.join("; ")} }`;
}

/** "1h", "90s" */
function span(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds}s`;
}

import { z } from "zod";
import { hostPort } from "../../../../runner/host-port.ts";
import { readJsonLine } from "../../../../runner/json-lines.ts";
import type { EndpointSync } from "../../analysis/input.ts";
import type { ParsedSyncs } from "./syncs.ts";
import { holdsFor } from "./traefik-rule.ts";

/** What Traefik says at level DEBUG when it takes a configuration, after the time for which it gathers changes. */
const TakenLine = z.object({
  message: z.literal("Configuration received"),
  config: z.object({
    http: z
      .object({
        routers: z.record(z.string(), z.object({ rule: z.string(), service: z.string() })).default({}),
        services: z.record(z.string(), z.unknown()).default({}),
      })
      .default({ routers: {}, services: {} }),
  }),
});
type Http = z.infer<typeof TakenLine>["config"]["http"];

/** A fenced server is one whose pod is terminating: it gets no requests but those of sticky sessions. */
const Server = z.object({ url: z.string(), fenced: z.boolean().default(false) });

const Service = z.object({
  loadBalancer: z.object({ servers: z.array(Server).default([]) }).optional(),
  weighted: z.object({ services: z.array(z.object({ name: z.string() })) }).optional(),
});

/**
 * The sets of endpoints that Traefik took for a host. It says so once for each provider, and each configuration is whole.
 * @param lines behind the kubelet's time stamps: the log's own have whole seconds
 */
export function parseTraefikSyncs(lines: Iterable<string>, host: string): ParsedSyncs {
  let syncs: EndpointSync[] = [];
  let garbled = 0;
  for (const line of lines) {
    // Most lines are requests'.
    if (!line.includes('"Configuration received"')) continue;
    const at = line.indexOf(" ");
    const read = readJsonLine(line.slice(at + 1));
    if (read.kind === "garbled") {
      garbled += 1;
      syncs = [];
    }
    const taken = TakenLine.safeParse(read.kind === "document" ? read.document : undefined);
    if (!taken.success) continue;
    const { http } = taken.data.config;
    const router = routerOf(http, host);
    if (!router) continue;
    const addresses = addressesOf(http, router.service).sort();
    if (String(addresses) !== String(syncs.at(-1)?.addresses ?? "none"))
      syncs.push({ atUnixMs: Date.parse(line.slice(0, at)), addresses });
  }
  return { syncs, garbled };
}

/** Whether Traefik says such things at all: it does of its own configuration when it starts. */
export function saysTraefikSyncs(lines: Iterable<string>): boolean {
  for (const line of lines) if (line.includes('"Configuration received"')) return true;
  return false;
}

/** One that names the host, whatever expressions there are elsewhere; of several, as Traefik does, the longest rule. */
function routerOf({ routers }: Http, host: string): Http["routers"][string] | undefined {
  const longestFirst = Object.values(routers).sort((a, b) => b.rule.length - a.rule.length);
  const having = (how: "name" | "expression") => longestFirst.find(({ rule }) => holdsFor(rule, host) === how);
  return having("name") ?? having("expression");
}

function addressesOf(http: Http, name: string): string[] {
  const service = Service.safeParse(http.services[name]);
  // A Service without endpoints has no load balancer.
  if (!service.success) return [];
  const { loadBalancer, weighted } = service.data;
  const servers = loadBalancer?.servers.filter(({ fenced }) => !fenced).map(({ url }) => new URL(url)) ?? [];
  return [
    ...servers.map((url) => hostPort(url.hostname, url.port || "80")),
    ...(weighted?.services ?? []).flatMap((each) => addressesOf(http, each.name)),
  ];
}

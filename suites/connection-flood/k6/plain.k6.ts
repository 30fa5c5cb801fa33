/**
 * The connection flood for any k6, without packetwalk's extension: each request on a new connection, at its scheduled
 * instant. `PACKETWALK_LOAD='{…}' k6 run plain.k6.ts`
 */
import http from "k6/http";
import type { Options } from "k6/options";
import { evenArrivals } from "./support/intended.ts";
import { loadFromEnvironment } from "./support/load.ts";

const load = loadFromEnvironment();
if (load.arrivals === "poisson") throw new Error("k6's arrivals are even: it has no Poisson schedule");
if (load.tls?.serverName || load.tls?.caPem) {
  throw new Error(
    "k6 takes a server's name from the URL and trusted certificates from the system: tls.serverName and tls.caPem have no place here",
  );
}
const arrivals = evenArrivals(load.stages);
/** Instances of a distributed test (execution segments): k6 gives each of them its part of the virtual users. */
const instances = Number(__ENV.INSTANCES ?? 1);

/**
 * As many VUs as requests can be in flight: one made while the test runs comes too late for its request. About 0.1 MB each;
 * beyond some thousands, the rest is made when it is needed.
 */
const preAllocatedVUs = Math.min(load.maxInFlight, 3000 * instances);

export const options: Options = {
  scenarios: {
    flood: arrivals.scenario({
      preAllocatedVUs,
      maxVUs: load.maxInFlight,
      gracefulStopMs: load.timeoutMs + 1000,
      worker: load.worker,
    }),
  },
  noConnectionReuse: true,
  noVUConnectionReuse: true,
  discardResponseBodies: true,
  insecureSkipTLSVerify: load.tls?.insecureSkipVerify ?? false,
};

const url = `${load.tls ? "https" : "http"}://${load.target.address}${load.target.path ?? "/"}`;
const params = {
  timeout: load.timeoutMs,
  redirects: 0,
  tags: { name: url },
  headers: load.target.host ? { Host: load.target.host } : {},
};

export default function request(): void {
  if (arrivals.begin()) http.get(url, params);
}

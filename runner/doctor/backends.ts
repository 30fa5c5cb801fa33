/** Services that requests are led to and that are not there. */
import type { BackendFacts, ServiceFacts } from "./state.ts";
import { nameOf } from "./subjects.ts";

/** What is wrong with each; a backend that is there is left out. */
export function troubleOfBackends(backends: readonly BackendFacts[], services: readonly ServiceFacts[]): string[] {
  const troubles = backends.flatMap((backend) => troubleOf(backend, services) ?? []);
  return [...new Set(troubles)];
}

function troubleOf(backend: BackendFacts, services: readonly ServiceFacts[]): string | null {
  const { port } = backend;
  const service = services.find((each) => nameOf(each) === nameOf(backend));
  if (!service) return `leads to Service ${nameOf(backend)}, which does not exist`;
  if (port === null || service.ports.some((each) => each.port === port || each.name === port)) return null;
  const there = service.ports.map((each) => (each.name === null ? each.port : `${each.port} (${each.name})`));
  return `leads to port ${port} of Service ${nameOf(backend)}, which has ${there.join(", ") || "none"}`;
}

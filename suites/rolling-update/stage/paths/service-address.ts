import type { V1Service } from "@kubernetes/client-node";
import { EnvironmentError } from "../../../../runner/errors.ts";
import { hostPort } from "../../../../runner/host-port.ts";

/** ip:port of a Service's first port. */
export function serviceAddress({ metadata, spec }: V1Service): string {
  const ip = spec?.clusterIP;
  const port = spec?.ports?.[0]?.port;
  if (!ip || !port) throw new EnvironmentError(`the Service ${metadata?.name} has no cluster address`);
  return hostPort(ip, port);
}

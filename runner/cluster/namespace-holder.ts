/** Who made a namespace of ours, as its annotations say. */
import { hostname } from "node:os";
import type { V1Namespace } from "@kubernetes/client-node";
import { RUN } from "./ours.ts";

const HOST = "packetwalk.dev/host";
const PROCESS = "packetwalk.dev/process";
const SINCE = "packetwalk.dev/since";

export interface Holder {
  readonly run: string;
  readonly host: string;
  readonly process: string;
  readonly since: string;
}

/** The namespace, as this process makes it for a run. */
export function madeBy(run: string, { metadata, ...namespace }: V1Namespace): V1Namespace {
  const says = { [RUN]: run, [HOST]: hostname(), [PROCESS]: String(process.pid), [SINCE]: new Date().toISOString() };
  return { ...namespace, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...says } } };
}

/** Undefined where it does not say: older versions did not. */
export function holderOf({ metadata }: V1Namespace): Holder | undefined {
  const { [RUN]: run, [HOST]: host = "", [PROCESS]: process = "", [SINCE]: since = "" } = metadata?.annotations ?? {};
  return run === undefined ? undefined : { run, host, process, since };
}

export function holderWords({ host, process, since }: Holder): string {
  return `of process ${process} on ${host}, since ${since}`;
}

/** Pure: the Services of the suite and their EndpointSlices, as they are applied. */
import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import type { Variant } from "../result/variants.ts";
import { MANIFESTS } from "./manifests.ts";

/** On each member, with the size that it is first a part of: what is more than a smaller size goes by it at once. */
export const SIZE_LABEL = "packetwalk.dev/scale-size";
/** Where the endpoint of a Service listens, and where nobody does. */
export const OPEN_PORT = 80;
export const CLOSED_PORT = 81;

export interface Member {
  readonly service: V1Service;
  /** Null: it has no endpoint. */
  readonly slice: V1EndpointSlice | null;
}

/** @param number from 1 up */
export function member(number: number, size: number, variant: Variant, podIp: string): Member {
  const name = `scale-${String(number).padStart(6, "0")}`;
  const labels = { [SIZE_LABEL]: String(size) };
  const service = serviceOf(name, labels);
  if (variant === "session-affinity" && service.spec) service.spec.sessionAffinity = "ClientIP";
  // The first lives: it is the one that is loaded.
  const isDead = variant === "dead" && number > 1;
  return { service, slice: isDead ? null : sliceOf(name, labels, podIp, OPEN_PORT) };
}

/** The one whose endpoint is switched: by its answer it is seen when a change is in force. */
export function switched(podIp: string, to: "open" | "refused"): Member & { readonly slice: V1EndpointSlice } {
  const name = "scale-switched";
  const slice = sliceOf(name, {}, podIp, to === "open" ? OPEN_PORT : CLOSED_PORT);
  return { service: serviceOf(name, {}), slice };
}

function serviceOf(name: string, labels: Readonly<Record<string, string>>): V1Service {
  const service = MANIFESTS.object<V1Service>("member", "Service");
  service.metadata = { ...service.metadata, name, labels: { ...service.metadata?.labels, ...labels } };
  return service;
}

function sliceOf(name: string, labels: Readonly<Record<string, string>>, podIp: string, port: number): V1EndpointSlice {
  const slice = MANIFESTS.object<V1EndpointSlice>("member", "EndpointSlice");
  const own = { ...labels, "kubernetes.io/service-name": name };
  slice.metadata = { ...slice.metadata, name, labels: { ...slice.metadata?.labels, ...own } };
  slice.ports = (slice.ports ?? []).map((each) => ({ ...each, port }));
  slice.endpoints = [{ addresses: [podIp], conditions: { ready: true } }];
  return slice;
}

/** Of the ladder's sizes, the first that a member is part of; null: of none. */
export function firstSizeWith(sizes: readonly number[], number: number): number | null {
  return sizes.find((size) => size >= number) ?? null;
}

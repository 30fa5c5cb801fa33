import { beginsWithin, endsWithin, lengthS, peakAtS, type Stretch } from "./day.ts";
import { type Fault, onlyOf, type Path } from "./fault.ts";
import { isLookup, isNodeName, isZone, namespaced } from "./names.ts";
import { assertYours, THE_DNS } from "./owned.ts";
import type { PlannedEvent } from "./plan.ts";
import { EVENT_KINDS, type EventFields } from "./schema.ts";
import { durationWords } from "./units.ts";

type EventKind = (typeof EVENT_KINDS)[number];

/** Those that last as long as they take. */
const WITHOUT_LENGTH: readonly EventKind[] = ["rollout", "dns-pod-lost"];

/** @throws UsageError with file, line and field */
export function eventOf(given: EventFields, path: Path, day: readonly Stretch[], fault: Fault): PlannedEvent {
  const kind = onlyOf(given, EVENT_KINDS, { path, fault, missing: "says not what happens" });
  const atS = given.at === "peak" ? peakAtS(day) : given.at;
  const name = given.name ?? `${whatOf(given, kind)} at ${given.at === "peak" ? "peak" : durationWords(given.at)}`;
  assertWithinDay(given, kind, atS, path, day, fault);
  const common = { name, atS };
  const forS = given.for ?? 0;
  const refuse = (sentence: string) => fault([...path, kind], `"${whatFor(given, kind)}" ${sentence}`);
  switch (kind) {
    case "rollout": {
      const deployment = namespaced(given.rollout ?? "");
      if (!deployment) throw refuse("is not a Deployment; write NAMESPACE/NAME");
      return { ...common, kind, namespace: deployment.namespace, deployment: deployment.name };
    }
    case "drain": {
      const node = given.drain ?? "";
      if (!isNodeName(node)) throw refuse("is not the name of a node; write one of those that kubectl get nodes shows");
      return { ...common, kind, node, forS };
    }
    case "zone-gone": {
      const zone = given["zone-gone"] ?? "";
      if (!isZone(zone)) throw refuse("is not a zone; write a value of the nodes' label topology.kubernetes.io/zone");
      return { ...common, kind, zone, forS };
    }
    case "dns-pod-lost":
      return { ...common, kind };
    case "lookup-storm": {
      const { perSecond = 0, names = [], owned } = given["lookup-storm"] ?? {};
      assertYours(owned, THE_DNS, [...path, kind, "owned"], fault);
      const [first, ...others] = names;
      const odd = names.findIndex((each) => !isLookup(each));
      if (odd >= 0 || first === undefined)
        throw fault(
          [...path, kind, "names", odd],
          `"${names[odd]}" is not a name that a resolver can be asked for; write such as api.example.com`,
        );
      return { ...common, kind, perSecond, forS, names: [first, ...others] };
    }
  }
}

function whatFor(given: EventFields, kind: EventKind): string {
  const what = given[kind];
  return typeof what === "string" ? what : "";
}

function whatOf(given: EventFields, kind: EventKind): string {
  const what = whatFor(given, kind);
  return what === "" ? kind : `${kind} ${what}`;
}

function assertWithinDay(
  given: EventFields,
  kind: EventKind,
  atS: number,
  path: Path,
  day: readonly Stretch[],
  fault: Fault,
): void {
  const dayS = lengthS(day);
  const withoutLength = WITHOUT_LENGTH.includes(kind);
  if (withoutLength && given.for !== undefined)
    throw fault([...path, "for"], `does not go with ${kind}, which lasts as long as it takes; take it out`);
  if (!withoutLength && given.for === undefined)
    throw fault([...path, "for"], "is missing; write how long it lasts, such as 60s");
  if (!beginsWithin(atS, day))
    throw fault(
      [...path, "at"],
      given.at === "peak"
        ? "is the very end of the day, since the rate rises up to it; add a stage after the peak"
        : `is after the day, which lasts ${durationWords(dayS)}; write an earlier instant`,
    );
  if (!endsWithin(atS + (given.for ?? 0), day))
    throw fault(
      [...path, "for"],
      `lasts until ${durationWords(atS + (given.for ?? 0))}, and the day ${durationWords(dayS)}; make it shorter, or the day longer`,
    );
}

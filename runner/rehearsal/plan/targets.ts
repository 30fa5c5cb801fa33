import { type Fault, onlyOf, type Path, type ReadBeside } from "./fault.ts";
import { isHost, isLookup, isNamespace, namespaced, serviceName } from "./names.ts";
import { assertYours, THE_DNS } from "./owned.ts";
import type { PlannedRequest, PlannedTarget } from "./plan.ts";
import { FRONT_FIELDS, REQUEST_FIELDS, SCRIPT_FIELDS, TARGET_KINDS, type TargetFields } from "./schema.ts";
import { scriptOf } from "./script.ts";

/** @throws UsageError with file, line and field */
export function targetOf(given: TargetFields, path: Path, fault: Fault, read: ReadBeside): PlannedTarget {
  const kind = onlyOf(given, TARGET_KINDS, { path, fault, missing: "says not what it is" });
  const { name, weight } = given;
  const at = (field: string) => [...path, field];
  assertOwned(given, kind, path, fault);
  const ofFront = FRONT_FIELDS.find((field) => given[field] !== undefined);
  if (ofFront && kind !== "ingress" && kind !== "gateway")
    throw fault(at(ofFront), `goes with ingress and gateway, and this is a ${kind} target; take it out`);
  const ofScript = SCRIPT_FIELDS.find((field) => given[field] !== undefined);
  if (ofScript && kind !== "k6") throw fault(at(ofScript), `goes with k6, and this is a ${kind} target; take it out`);
  switch (kind) {
    case "k6":
      return scriptOf(given, path, fault, read);
    case "names":
      return { name, weight, kind, owned: true, names: lookups(given, path, fault) };
    case "reference":
      return {
        name,
        weight,
        kind,
        replicas: given.reference?.replicas ?? 0,
        request: requestOf(given, path, fault, read),
      };
    case "service": {
      const service = serviceName(given.service ?? "");
      if (!service)
        throw fault(at("service"), `"${given.service}" is not a Service; write NAMESPACE/NAME or NAMESPACE/NAME:PORT`);
      return { name, weight, kind, owned: true, ...service, request: requestOf(given, path, fault, read) };
    }
    case "ingress":
    case "gateway": {
      const host = given[kind] ?? "";
      if (!isHost(host))
        throw fault(
          at(kind),
          `"${host}" is not a host; write its name alone in lower case, such as shop.example.com, without https:// and path`,
        );
      const request = requestOf(given, path, fault, read);
      const namespace = given.namespace ?? null;
      if (namespace !== null && !isNamespace(namespace))
        throw fault(at("namespace"), `"${namespace}" is not a namespace; write its name alone, such as shop`);
      const through = given.through === undefined ? null : serviceName(given.through);
      if (through === undefined)
        throw fault(at("through"), `"${given.through}" is not a Service; write NAMESPACE/NAME or NAMESPACE/NAME:PORT`);
      return { name, weight, kind, owned: true, host, namespace, through, tls: given.tls ?? false, request };
    }
  }
}

/** Load goes only to what packetwalk deployed, or to what the plan says is the user's. */
function assertOwned(given: TargetFields, kind: (typeof TARGET_KINDS)[number], path: Path, fault: Fault): void {
  const at = [...path, "owned"];
  if (kind === "reference") {
    if (given.owned === undefined) return;
    throw fault(at, "is for what is yours already, and packetwalk deploys this one itself; take it out");
  }
  const what = kind === "names" ? THE_DNS : `${kind} ${given[kind]}`;
  assertYours(given.owned, what, at, fault);
}

function lookups(given: TargetFields, path: Path, fault: Fault): readonly [string, ...string[]] {
  const field = REQUEST_FIELDS.find((each) => given[each] !== undefined);
  if (field) throw fault([...path, field], "goes with requests, and names are only looked up; take it out");
  const names = given.names ?? [];
  const [first, ...others] = names;
  names.forEach((name, index) => {
    if (!isLookup(name))
      throw fault(
        [...path, "names", index],
        `"${name}" is not a name that a resolver can be asked for; write such as api.example.com`,
      );
  });
  if (first === undefined) throw fault([...path, "names"], "is empty; write at least one name");
  return [first, ...others];
}

/** RFC 9110: in requests of other methods a body has no meaning. */
const WITH_BODY: readonly string[] = ["POST", "PUT", "PATCH"];
/** 256 KiB: it travels to each worker with its task. */
const MOST_BODY_BYTES = 262_144;

function requestOf(given: TargetFields, path: Path, fault: Fault, read: ReadBeside): PlannedRequest {
  const at = (field: string) => [...path, field];
  const method = given.method ?? "GET";
  const target = given.path ?? "/";
  if (!/^\/[\x21-\x22\x24-\x7E]*$/.test(target))
    throw fault(
      at("path"),
      `"${target}" is not a path; begin it with /, and write blanks and other signs as %20 and so on`,
    );
  if (given.body !== undefined && given.bodyFile !== undefined)
    throw fault(at("bodyFile"), "can't be beside body; leave one of them");
  const bodyField = given.body === undefined ? "bodyFile" : "body";
  const body = given.body ?? (given.bodyFile === undefined ? null : read(given.bodyFile, at("bodyFile")));
  if (body !== null && !WITH_BODY.includes(method))
    throw fault(
      at(bodyField),
      `goes with ${WITH_BODY.join(", ")}, and the method is ${method}; write method: POST, or take it out`,
    );
  if (body !== null && Buffer.byteLength(body) > MOST_BODY_BYTES)
    throw fault(
      at(bodyField),
      `is more than ${MOST_BODY_BYTES / 1024} KiB, which is sent with every request; make it shorter`,
    );
  const expect = given.expect ?? [];
  expect.forEach((status, index) => {
    if (expect.indexOf(status) < index) throw fault([...at("expect"), index], `has ${status} twice; take one out`);
  });
  return { method, path: target, ...headersOf(given, at("headers"), fault), body, expect };
}

/** RFC 9110's token. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7E]*$/;
/** What the engines write themselves, with what to do instead. */
const OF_THE_ENGINE: Readonly<Record<string, string>> = {
  host: "name the host as ingress: or gateway:",
  connection: "write traffic.newConnections",
  "content-length": "take it out",
  "transfer-encoding": "take it out",
};

function headersOf(given: TargetFields, path: Path, fault: Fault): Pick<PlannedRequest, "headers" | "secretHeaders"> {
  const headers: Record<string, string> = {};
  const secretHeaders: PlannedRequest["secretHeaders"][number][] = [];
  const seen = new Map<string, string>();
  for (const [header, value] of Object.entries(given.headers ?? {})) {
    const at = [...path, header];
    const lower = header.toLowerCase();
    const before = seen.get(lower);
    const instead = OF_THE_ENGINE[lower];
    if (!HEADER_NAME.test(header)) throw fault(at, "is not the name of a header; write letters, digits and hyphens");
    if (before !== undefined) throw fault(at, `is the header ${before} again, since case does not count; take one out`);
    if (instead !== undefined) throw fault(at, `is written by the load itself; ${instead}`);
    seen.set(lower, header);
    if (typeof value === "string") {
      // The value itself may be a secret.
      if (!HEADER_VALUE.test(value))
        throw fault(at, "has a value with line breaks or signs beyond ASCII; a header can't");
      headers[header] = value;
      continue;
    }
    const secret = namespaced(value.secret);
    if (!secret) throw fault([...at, "secret"], `"${value.secret}" is not a Secret; write NAMESPACE/NAME`);
    secretHeaders.push({ header, namespace: secret.namespace, secret: secret.name, key: value.key });
  }
  return { headers, secretHeaders };
}

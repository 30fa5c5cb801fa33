/** A target that is a k6 script of the user's. */
import { oneLine, reasonOf } from "../../errors.ts";
import type { Fault, Path, ReadBeside } from "./fault.ts";
import { hostPorts, namespaced } from "./names.ts";
import type { Plan, PlannedTarget } from "./plan.ts";
import { REQUEST_FIELDS, type TargetFields, type TrafficFields } from "./schema.ts";

export type PlannedScript = Extract<PlannedTarget, { kind: "k6" }>;

/** It travels to the workers as a file of a ConfigMap or Secret, of at most 1 MiB with the rest. */
const MOST_SCRIPT_BYTES = 900 * 1024;

/** @throws UsageError with file, line and field */
export function scriptOf(given: TargetFields, path: Path, fault: Fault, read: ReadBeside): PlannedScript {
  const at = (field: string) => [...path, field];
  const file = given.k6 ?? "";
  const field = REQUEST_FIELDS.find((each) => given[each] !== undefined);
  if (field) throw fault(at(field), "says what a request is, and the k6 script makes its own; take it out");
  const { exec = null } = given;
  if (exec !== null && !VARIABLE.test(exec))
    throw fault(at("exec"), `"${exec}" is not the name of a function; write one that the k6 script exports`);
  const hosts = hostsOf(given, at("hosts"), fault);
  return {
    ...{ name: given.name, weight: given.weight, kind: "k6", owned: true },
    ...{ file, exec, script: read(file, at("k6")), hosts },
    ...envOf(given, at("env"), fault),
  };
}

function hostsOf(given: TargetFields, path: Path, fault: Fault): readonly [string, ...string[]] {
  if (given.hosts === undefined)
    throw fault(path, "is missing; write all hosts that the k6 script may talk to: it reaches no others");
  const all = given.hosts.flatMap((host, index) => {
    const found = hostPorts(host);
    if (!found)
      throw fault(
        [...path, index],
        `"${host}" is not a host; write its name in lower case, such as api.shop.svc:8080, without http:// and path`,
      );
    return found;
  });
  const [first, ...others] = [...new Set(all)];
  if (first === undefined) throw fault(path, "is empty; write at least one host");
  return [first, ...others];
}

const VARIABLE = /^[A-Za-z_]\w*$/;
/** What k6 and packetwalk are told by themselves. */
const OTHERS = /^(K6|PACKETWALK)_/i;

function envOf(given: TargetFields, path: Path, fault: Fault): Pick<PlannedScript, "env" | "secretEnv"> {
  const env: Record<string, string> = {};
  const secretEnv: PlannedScript["secretEnv"][number][] = [];
  for (const [variable, value] of Object.entries(given.env ?? {})) {
    const at = [...path, variable];
    if (!VARIABLE.test(variable)) throw fault(at, "is not the name of a variable; write letters, digits and _");
    if (OTHERS.test(variable))
      throw fault(at, "is a setting of k6's or packetwalk's own, which the plan makes; take it out");
    if (typeof value === "string") {
      env[variable] = value;
      continue;
    }
    const secret = namespaced(value.secret);
    if (!secret) throw fault([...at, "secret"], `"${value.secret}" is not a Secret; write NAMESPACE/NAME`);
    secretEnv.push({ variable, namespace: secret.namespace, secret: secret.name, key: value.key });
  }
  return { env, secretEnv };
}

/** What a script leaves no place for in the rest of a plan. @throws UsageError with file, line and field */
export function assertAroundScript({ targets }: Pick<Plan, "targets">, traffic: TrafficFields, fault: Fault): void {
  const index = targets.findIndex(({ kind }) => kind === "k6");
  if (index < 0) return;
  if (targets.length > 1)
    throw fault(
      ["targets", index, "k6"],
      "can't be beside other targets, since the plan's rates are iterations of the script; leave it alone, or take it out",
    );
  if (traffic.arrivals === "poisson")
    throw fault(["traffic", "arrivals"], "is poisson, and k6's arrivals are evenly spaced; write constant");
  const { newConnections } = traffic;
  if (newConnections !== undefined && newConnections > 0 && newConnections < 1)
    throw fault(
      ["traffic", "newConnections"],
      "is a part of the requests, and k6 opens connections for all of them or keeps those of its virtual users; write 100 % or 0 %",
    );
}

/** The script with all that it imports. @throws UsageError with file, line and field */
export async function bundled(target: PlannedScript, file: string, path: Path, fault: Fault): Promise<PlannedScript> {
  const at = [...path, "k6"];
  const { readK6Script } = await import("../../../build/bundle.mjs").catch((error: unknown) => {
    throw fault(at, `needs a clone of packetwalk with its tools, which bundle it and build k6: ${reasonOf(error)}`);
  });
  const read = (exec: string | null) =>
    readK6Script(file, exec).catch((error: unknown) => {
      throw fault(
        at,
        `${target.file} can't be bundled: ${oneLine(error instanceof Error ? error.message : String(error))}`,
      );
    });
  const whole = await read(null);
  const { exec } = target;
  if (exec !== null && !whole.exports.includes(exec))
    throw fault(
      [...path, "exec"],
      `"${exec}" is nothing that ${target.file} exports; write one of ${whole.exports.join(", ") || "its functions, once it exports one"}`,
    );
  const { text, imports, exports } = exec === null ? whole : await read(exec);
  if (!exports.includes("default"))
    throw fault(
      at,
      `${target.file} exports no default function, which is what the plan's load begins; add it, or name another: exec`,
    );
  const strange = imports.find((each) => !isOfK6(each));
  if (strange !== undefined)
    throw fault(
      at,
      `${target.file} imports ${strange}, which is not part of the k6 that runs it; keep a copy beside the script, or take it out`,
    );
  if (Buffer.byteLength(text) > MOST_SCRIPT_BYTES)
    throw fault(
      at,
      `${target.file} has more than ${MOST_SCRIPT_BYTES / 1024} KiB with all that it imports; make it smaller`,
    );
  return { ...target, script: text };
}

/** Extensions and browsers make connections that k6 does not, so that nobody could hold them to the plan's hosts. */
function isOfK6(name: string): boolean {
  return /^k6(\/|$)/.test(name) && !/^k6\/(x|browser|experimental\/browser)(\/|$)/.test(name);
}

import type { Dispatcher } from "undici";
import type { NamedTarget, UndiciSpec } from "../spec.ts";

/** What one request is: its method comes round with the requests to its target. */
export interface Turn {
  readonly target: NamedTarget;
  readonly method: UndiciSpec["methods"][number];
}

/** @param number of the request in its worker */
export function turnOf({ targets, methods }: UndiciSpec, number: number): Turn {
  const target = targets[number % targets.length];
  const method = methods[Math.floor(number / targets.length) % methods.length];
  if (target === undefined || method === undefined) throw new Error("there is no target or no method");
  return { target, method };
}

/** By its id a proxy's log and the timeline of the same request are found again. */
export function requestId({ name }: NamedTarget, worker: number, number: number): string {
  return `${name}-${worker}-${number}`;
}

export function requestOf({ target, method }: Turn, id: string): Dispatcher.DispatchOptions {
  return {
    method,
    path: target.path,
    headers: {
      "user-agent": "packetwalk",
      accept: "*/*",
      "x-request-id": id,
      ...(target.host === undefined ? {} : { host: target.host }),
    },
  };
}

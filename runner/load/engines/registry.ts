import { UsageError } from "../../errors.ts";
import { autocannon } from "./autocannon.ts";
import type { HttpEngine } from "./engine.ts";
import { flood } from "./flood.ts";
import { k6 } from "./k6.ts";
import { undici } from "./undici.ts";

/** Every engine there is; a new one is a file and a line here. */
export const ENGINES: readonly HttpEngine[] = [flood, k6, undici, autocannon];

/** @throws UsageError that lists the engines there are */
export function engineByName(name: string): HttpEngine {
  const engine = ENGINES.find((each) => each.name === name);
  if (!engine) {
    throw new UsageError(`there is no engine "${name}"; choose from ${ENGINES.map((each) => each.name).join(", ")}`);
  }
  return engine;
}

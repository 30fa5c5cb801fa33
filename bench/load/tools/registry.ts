import { ab } from "./ab.ts";
import { autocannon } from "./autocannon.ts";
import { flood } from "./flood.ts";
import { floor } from "./floor.ts";
import { hey } from "./hey.ts";
import { k6 } from "./k6.ts";
import { oha } from "./oha.ts";
import type { Tool } from "./tool.ts";
import { undici } from "./undici.ts";
import { vegeta } from "./vegeta.ts";
import { wrk } from "./wrk.ts";

/** In the order of the table. */
export const TOOLS: readonly Tool[] = [flood, k6, autocannon, undici, floor, wrk, ab, hey, vegeta, oha];

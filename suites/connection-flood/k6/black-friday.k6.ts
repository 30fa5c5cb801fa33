/**
 * Replays what was seen minute by minute, e.g. last year's Black Friday, as a flood of new connections.
 * `TARGET=http://10.0.0.1/ CSV=$PWD/black-friday.csv SPEED_UP=60 SCALE=1.5 npm run k6 -- run suites/connection-flood/k6/black-friday.k6.ts`
 */
import type { Options } from "k6/options";
import { flood } from "k6/x/packetwalk";
import { perMinute, poisson } from "../../../runner/load/schedule/profiles.ts";
import { scheduleMs } from "../../../runner/load/schedule/schedule.ts";
import { parsePerMinuteCsv } from "./per-minute-csv.ts";
import { FLOOD_THRESHOLDS } from "./support/thresholds.ts";

const target = __ENV.TARGET;
if (!target) throw new Error("set TARGET to the URL that the traffic is to go to");
const csv = __ENV.CSV ?? "./black-friday.csv";
const timeoutMs = 5000;

/** SPEED_UP=60 makes a minute a second, at 60 times the rate; SCALE=2 is twice the traffic. */
const schedule = poisson(
  perMinute(parsePerMinuteCsv(open(csv), csv), {
    speedUp: positive("SPEED_UP"),
    scale: positive("SCALE"),
  }),
);

export const options: Options = {
  scenarios: {
    replay: {
      executor: "per-vu-iterations",
      vus: 1,
      iterations: 1,
      maxDuration: `${scheduleMs(schedule) + timeoutMs + 10_000}ms`,
    },
  },
  thresholds: FLOOD_THRESHOLDS,
};

export default function replay(): void {
  flood({ target: target ?? "", schedule, timeoutMs, seed: Number(__ENV.SEED ?? 1) });
}

function positive(name: string): number {
  const value = Number(__ENV[name] ?? 1);
  if (!(value > 0)) throw new Error(`${name} must be a positive number, not "${__ENV[name]}"`);
  return value;
}

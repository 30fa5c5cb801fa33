/** A metric of each kind, with a tag for an arm, and a threshold that holds beside one that does not. */
import http from "k6/http";
import { Gauge } from "k6/metrics";
import type { Options } from "k6/options";

const passed = new Gauge("packetwalk_passed");

export const options: Options = {
  iterations: 1,
  summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"],
  thresholds: {
    "http_reqs{arm:tuned}": ["count>0"],
    "http_req_duration{arm:tuned}": ["p(95)<60000"],
    "http_req_failed{arm:tuned}": ["rate<1"],
    "packetwalk_passed{metric:held}": ["value==1"],
    "packetwalk_passed{metric:crossed}": ["value==1"],
  },
};

export default function main(): void {
  for (const arm of ["baseline", "tuned", "tuned"]) http.get(`http://${__ENV.TARGET}/`, { tags: { arm } });
  passed.add(1, { metric: "held" });
  passed.add(0, { metric: "crossed" });
}

export function handleSummary(data: object) {
  return { [String(__ENV.SUMMARY)]: JSON.stringify(data) };
}

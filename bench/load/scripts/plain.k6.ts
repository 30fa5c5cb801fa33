/** k6 as it comes: a constant arrival rate, and a connection of its own for each request. */
import http from "k6/http";
import type { Options } from "k6/options";

const { URL, RATE, DURATION_MS, VUS } = __ENV;

export const options: Options = {
  noConnectionReuse: true,
  discardResponseBodies: true,
  scenarios: {
    flood: {
      executor: "constant-arrival-rate",
      rate: Number(RATE),
      timeUnit: "1s",
      duration: `${DURATION_MS}ms`,
      preAllocatedVUs: Number(VUS),
      gracefulStop: "10s",
    },
  },
};

export default function flood(): void {
  http.get(`${URL}`);
}

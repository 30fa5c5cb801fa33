// As a user may have it: a default function, a check, a sleep, and options that are none of the load's.
import { check, sleep } from "k6";
import http from "k6/http";

export const options = { thresholds: { http_req_failed: ["rate<0.01"] } };

export function setup() {
  http.get(`http://${__ENV.SHOP}/login`);
  return { token: "from-setup" };
}

export default function shop({ token }) {
  const page = http.get(`http://${__ENV.SHOP}/page`, { headers: { authorization: token } });
  check(page, { "is there": ({ status }) => status === 200 });
  sleep(0.01);
  http.get(`http://${__ENV.SHOP}/missing`, { responseCallback: http.expectedStatuses(404) });
  http.get(`http://${__ENV.SHOP}/page`, { responseCallback: http.expectedStatuses(201) });
}

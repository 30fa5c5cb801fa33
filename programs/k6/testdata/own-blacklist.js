// Options that would let everything through, if a script's went before what k6 is told on its command line.
import http from "k6/http";

export const options = { blacklistIPs: ["192.0.2.0/24"], rps: 0, paused: false };

export default function elsewhere() {
  http.get(`http://${__ENV.OTHERS}/`);
}

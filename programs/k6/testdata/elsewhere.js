// Tries each way that a script has to name a server which the plan does not: by name, by address, by another port, in
// other spellings.
import http from "k6/http";

export default function elsewhere() {
  http.get(`http://${__ENV.SHOP}/`);
  for (const other of __ENV.OTHERS.split(" ")) http.get(`http://${other}/`);
}

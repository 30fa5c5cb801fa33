// Asks for names that no cache knows, a few at a time, until a DNS server has counted enough of them.
import { resolve4 } from "node:dns/promises";

const NAMES = 120;
const AT_ONCE = 4;
const began = Date.now();
let asked = 0;
async function ask() {
  // One that fails was forwarded all the same, or is missing in what CoreDNS counts.
  while (asked < NAMES) await resolve4(`${began}-${asked++}.partner.example.`).catch(() => []);
}
await Promise.all(Array.from({ length: AT_ONCE }, ask));

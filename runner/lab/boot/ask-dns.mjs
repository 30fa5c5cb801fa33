// ask-dns.mjs SERVER NAME SECONDS: asks a DNS server for a name's address, of the server's own family, until it answers.
// Plain JavaScript, because it runs by itself, inside a node's network namespace.
import { Resolver } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [server, name, seconds] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 300, tries: 1 });
resolver.setServers([server]);
const deadlineMs = Date.now() + Number(seconds) * 1000;
for (;;) {
  try {
    await resolver.resolve(name, isIPv6(server) ? "AAAA" : "A");
    break;
  } catch (error) {
    if (Date.now() > deadlineMs) throw error;
    await sleep(50);
  }
}

// ask-http.mjs URL SECONDS: asks until it is answered with 200, and prints how many bytes came. Plain JavaScript, because
// it runs by itself, inside a node's network namespace.
import { setTimeout as sleep } from "node:timers/promises";

const [url, seconds] = process.argv.slice(2);
const deadlineMs = Date.now() + Number(seconds) * 1000;
for (;;) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    console.log((await response.arrayBuffer()).byteLength);
    break;
  } catch (error) {
    if (Date.now() > deadlineMs) throw error;
    await sleep(100);
  }
}

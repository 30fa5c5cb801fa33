import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildK6 } from "../../../runner/lab/builds/k6.ts";
import { silent } from "../../../runner/progress.ts";
import { k6, scratchFolder, suiteScript } from "./k6.ts";
import { type Running, serve } from "./servers.ts";

let scratch: string;
let server: Running;
let served: number[] = [];

beforeAll(async () => {
  await buildK6(silent);
  scratch = await scratchFolder();
  server = await serve((_, response) => {
    served.push(performance.now());
    response.end("ok");
  });
}, 900_000);
afterAll(async () => {
  server.close();
  await rm(scratch, { recursive: true, force: true });
});

async function replay(csv: string, ...more: string[]) {
  const file = join(scratch, "friday.csv");
  await writeFile(file, csv);
  served = [];
  const env = { TARGET: `http://${server.address}/`, CSV: file, SPEED_UP: "60" };
  return k6(suiteScript("black-friday.k6.ts"), env, ...more);
}

describe("the Black Friday script", () => {
  test("replays the minutes of a CSV, sixty times as fast, with their numbers of requests", async () => {
    const summary = join(scratch, "summary.json");
    const ran = await replay("minute,requests\n20:00,50\n20:01,400\n20:02,50\n", "--summary-export", summary);
    expect(ran.stderr).not.toContain("Error");
    const { metrics } = JSON.parse(await readFile(summary, "utf8"));
    // Poisson arrivals: 500 ± 4 standard deviations.
    expect(metrics.packetwalk_requests.count).toBeGreaterThan(410);
    expect(metrics.packetwalk_requests.count).toBeLessThan(590);
    expect(served.length).toBe(metrics.packetwalk_requests.count);
    // By the script's own minutes 0.1, 0.8 and 0.1 of them; a busy machine sends late, but none before its time.
    const start = served[0] ?? 0;
    const shareWithin = (ms: number) => served.filter((at) => at - start < ms).length / served.length;
    expect(shareWithin(500)).toBeLessThan(0.3);
    expect(shareWithin(1_400)).toBeLessThan(0.9);
  });

  test("names the line of a CSV that is wrong, before anything is sent", async () => {
    const ran = await replay("minute,requests\n20:00,fifty\n20:01,some\n");
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stderr).toContain('line 2: \\"fifty\\" is not a number of requests');
    expect(served).toEqual([]);
  });
});

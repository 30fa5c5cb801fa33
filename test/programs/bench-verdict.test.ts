/** The verdict's bench, with so few runs that its numbers mean nothing: what it prints is there, and is what it says. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";

const MAIN = new URL("../../bench/verdict/main.ts", import.meta.url).pathname;

async function bench(...flags: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", MAIN, ...flags]);
  return stdout;
}

const share = z.number().min(0).max(1);
/** Of runs that asked; NaN, in JSON null, where none did. */
const shareIfAny = share.nullable();
const both = z.strictObject({ ours: share, benchstat: share });
const byRounds = z.record(z.enum(["5", "6", "7", "8", "9", "10", "11", "12"]), share);

test("--json prints one document, with every key that is promised", async () => {
  const document = z
    .strictObject({
      runs: z.literal(2),
      ...{ falsePositiveRate: share, worstScenario: share, worstScenarioName: z.string(), powerAt10PercentP99: share },
      ...{ falsePositives: z.record(z.string(), share), equivalent: z.record(z.string(), share) },
      power: z.record(z.string(), byRounds),
      atEqualRates: z.record(z.string(), z.strictObject({ found: both, wrong: both })),
      duets: z.record(
        z.string(),
        z.strictObject({
          called: z.strictObject({ duet: share, inTurn: share }),
          equivalent: z.strictObject({ duet: share, inTurn: share }),
        }),
      ),
      coverage: byRounds,
      roundsNeeded: z.array(z.strictObject({ name: z.string(), share: shareIfAny, asked: z.number().int() })),
      ...{
        smallestVisibleFound: z.array(z.object({ sigma: z.number(), rounds: z.number(), share })),
        wronglyEquivalent: share,
        oneSidedEquivalent: z.record(z.string(), share),
      },
    })
    .parse(JSON.parse(await bench("--json", "--runs", "2")));
  const rates = Object.values(document.falsePositives);
  expect(document.falsePositiveRate).toBeCloseTo(rates.reduce((total, rate) => total + rate, 0) / rates.length, 12);
  expect(document.worstScenario).toBe(Math.max(...rates));
  expect(document.falsePositives[document.worstScenarioName]).toBe(document.worstScenario);
  // However few runs: what only one arm fails in is never called equal.
  expect(new Set(Object.values(document.oneSidedEquivalent))).toEqual(new Set([0]));
});

test("of one part it prints that one's table, and of none that there is no such", async () => {
  const text = await bench("--runs", "1", "--only", "duets");
  expect(text.split("\n")[0]).toMatch(/^Both arms side by side, 6 rounds/);
  expect(text).not.toContain("What it says of itself");
  await expect(bench("--only", "weather")).rejects.toThrow(/--only weather: there is no such part/);
});

/** The rollouts of a report in a real browser: what the drawings show is what the result says. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { armViews } from "../../reports/view/arms.ts";
import type { RolloutEvidence, RolloutEvidenceOfSuite } from "../../suites/rolling-update/evidence.ts";
import { armRollouts, familyOf, stoppedAtMs } from "../../suites/rolling-update/report/view/rollouts.ts";
import {
  type RolloutResult,
  rolloutResult,
  unseenRolloutResult,
} from "../unit/suites/rolling-update/report/fixture.ts";
import { contrasts, LEAST_CONTRAST, overflowing } from "./inspect.ts";
import { type DrawnRollout, drawnRollouts } from "./inspect-rollouts.ts";
import { DESKTOP, type OpenReport, PHONE, reportPages } from "./report-page.ts";

/** Anti-aliasing and rounding of positions. */
const NEAR_PX = 1.5;

const openReport = reportPages();
let page: Page;

async function open(...report: Parameters<OpenReport>): Promise<void> {
  page = await openReport(...report);
}

function rolloutsOf(result: RolloutResult) {
  return armRollouts(armViews<RolloutEvidenceOfSuite>(result));
}

/** The blocks that are drawn, by arm. */
function drawnBlocks(result: RolloutResult): ReadonlyMap<string, RolloutEvidence> {
  return new Map(rolloutsOf(result).map(({ arm, chosen }) => [arm.label, chosen.evidence]));
}

/** In which figure, and there on which lane, each listed failure must be. */
function wantedPlaces(result: RolloutResult): string[] {
  return [...drawnBlocks(result)].flatMap(([arm, { failed }]) =>
    failed.map(({ id, rollout, pod, why }) => {
      const lane = why === null ? "Unexplained" : (pod ?? "Explained, no single pod");
      return `${arm} ${rollout ?? "outside"} ${id} ${lane}`;
    }),
  );
}

function shownPlaces(drawn: readonly DrawnRollout[]): string[] {
  return drawn.flatMap(({ arm, rollout, failures }) =>
    failures.map(({ id, lane }) => `${arm} ${rollout} ${id} ${lane}`),
  );
}

const CASES = Object.entries({ rollouts: rolloutResult(), "rollouts unseen": unseenRolloutResult() });

describe.each(CASES)("%s", (_, result) => {
  test.each([PHONE, DESKTOP])("every failed request has its dot on the right lane at %i pixels", async (width) => {
    await open(result, width);
    expect(shownPlaces(await page.evaluate(drawnRollouts)).sort()).toEqual(wantedPlaces(result).sort());
  });

  test("every pod that went away has a lane of its own", async () => {
    await open(result, DESKTOP);
    const drawn = await page.evaluate(drawnRollouts);
    for (const [arm, { rollouts }] of drawnBlocks(result))
      for (const [index, { pods }] of rollouts.entries()) {
        const figure = drawn.find((each) => each.arm === arm && each.rollout === String(index));
        expect(figure?.lanes.slice(0, pods.length)).toEqual(pods.map(({ pod }) => pod));
      }
  });

  test("shaded windows are as long as the time from a pod's stop until the last party let go or tried it", async () => {
    await open(result, DESKTOP);
    for (const { arm, rollout, windows, pxPerMs } of await page.evaluate(drawnRollouts)) {
      const evidence = drawnBlocks(result).get(arm);
      const pods = evidence?.rollouts[Number(rollout)]?.pods ?? [];
      const wanted = pods.flatMap((pod) => {
        const stopped = stoppedAtMs(pod);
        const ends = [...Object.values(pod.proxyGoneAtMs), ...Object.values(pod.ingressGoneAtMs), pod.terminatingAtMs];
        const tries = (evidence?.windows ?? [])
          .filter(
            (each) => each.rollout === Number(rollout) && each.pod === pod.pod && each.path in pod.ingressGoneAtMs,
          )
          .map(({ windowMs }) => (stopped ?? 0) + windowMs);
        const last = Math.max(...ends.filter((at) => at !== null), ...tries);
        return stopped !== null && last > stopped ? [{ lane: pod.pod, ms: last - stopped }] : [];
      });
      expect(windows.map(({ lane }) => lane)).toEqual(wanted.map(({ lane }) => lane));
      for (const [i, { widthPx }] of windows.entries())
        expect(Math.abs(widthPx - (wanted[i]?.ms ?? 0) * pxPerMs)).toBeLessThan(NEAR_PX + 0.01 * widthPx);
    }
  });

  test("failures of different kinds differ in colour, those of one kind do not", async () => {
    await open(result, DESKTOP);
    const drawn = (await page.evaluate(drawnRollouts)).flatMap(({ arm, failures }) =>
      failures.map((failure) => ({ ...failure, arm })),
    );
    const colours = new Map<string, Set<string>>();
    for (const { arm, id, colour } of drawn) {
      const failed = drawnBlocks(result)
        .get(arm)
        ?.failed.find((each) => each.id === id);
      const family = failed ? familyOf(failed.cause) : "of no listed request";
      colours.set(family, new Set([...(colours.get(family) ?? []), colour]));
    }
    const each = [...colours.values()];
    for (const own of each) expect(own.size).toBe(1);
    expect(new Set(each.flatMap((own) => [...own])).size).toBe(each.length);
  });

  test.each([
    [PHONE, "light"],
    [PHONE, "dark"],
    [DESKTOP, "light"],
    [DESKTOP, "dark"],
  ] as const)("fits %i pixels and is readable in the %s scheme, with all details open", async (width, scheme) => {
    await open(result, width, scheme);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    expect(await page.evaluate(overflowing)).toEqual([]);
    expect((await page.evaluate(contrasts)).filter(({ ratio }) => ratio < LEAST_CONTRAST)).toEqual([]);
  });

  test("the table of paths says of each path and arm what the blocks add up to", async () => {
    await open(result, DESKTOP);
    for (const { arm, paths } of rolloutsOf(result))
      for (const { path, scheduled, ok, byFamily, hidden } of paths) {
        const row = page.locator(`.paths tbody[data-path="${path}"] tr[data-arm="${arm.label}"]`);
        const cells = (await row.locator("td").allTextContents()).map((text) => text.trim());
        const shown = [cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells.at(-1)];
        const wanted = [scheduled, ok, byFamily["502"], byFamily["503"], byFamily["504"], byFamily.connection, hidden];
        expect(shown).toEqual(wanted.map((n) => n.toLocaleString("en-US")));
      }
  });
});

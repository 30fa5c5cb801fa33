import { describe, expect, it } from "vitest";
import { allTriesDeadAtRandom, allTriesDeadInTurn } from "../../../../../suites/rolling-update/analysis/retry-odds.ts";

describe("a proxy that tries its endpoints in turn", () => {
  it.each([
    // docs/physics.md, "Retry odds": measured with NGINX 1.22
    { dead: 1, led: 2, tries: 3, share: 0 },
    { dead: 1, led: 1, tries: 3, share: 1 },
    { dead: 4, led: 5, tries: 3, share: 0.5 },
    // No retry: the share of dead endpoints.
    { dead: 2, led: 4, tries: 1, share: 0.5 },
    { dead: 0, led: 4, tries: 1, share: 0 },
    { dead: 0, led: 0, tries: 3, share: 1 },
  ])("loses $share with $dead of $led dead and $tries tries", ({ dead, led, tries, share }) => {
    expect(allTriesDeadInTurn(dead, led, tries)).toBe(share);
  });

  it("loses what walking round the endpoints loses", () => {
    for (const [dead, led, tries] of [
      [4, 5, 3],
      [5, 7, 2],
      [3, 4, 2],
    ] as const) {
      let next = 0;
      let failed = 0;
      for (let request = 0; request < 10_000; request++) {
        let tried = 0;
        let answered = false;
        for (; tried < tries && !answered; tried++) answered = next++ % led >= dead;
        if (!answered) failed += 1;
      }
      expect(failed / 10_000).toBeCloseTo(allTriesDeadInTurn(dead, led, tries), 1);
    }
  });
});

describe("a Service", () => {
  it("picks anew at each try", () => {
    expect(allTriesDeadAtRandom(1, 2, 3)).toBe(0.125);
    expect(allTriesDeadAtRandom(1, 1, 3)).toBe(1);
    expect(allTriesDeadAtRandom(0, 0, 1)).toBe(1);
  });
});

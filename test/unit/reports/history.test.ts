import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { historyPage } from "../../../reports/history/page.ts";
import { renderHistory } from "../../../reports/history/terminal.ts";
import { groupsOf } from "../../../runner/analysis/history/series.ts";
import type { Night } from "../../../runner/result/night.ts";
import { nightly, quiet } from "../../support/nights.ts";

const history = (nights: readonly Night[]) => ({
  packetwalk: "0.1.0",
  store: "/var/lib/history.db",
  groups: groupsOf(nights, 120),
});

const CHANGED = nightly([...quiet(20), null, ...quiet(22), ...quiet(9, 150)], (i) =>
  i < 43 ? {} : { facts: { kernel: "6.12.0" } },
).filter((_, i) => i !== 9 && i !== 10);

describe("the terminal's history", () => {
  const text = renderHistory(history(CHANGED), { colour: false, width: 110 });

  it("says when a metric changed, by how much, which way, and what else changed that night", () => {
    expect(text).toContain("dns-storm, quick, baseline: 50 nights, 2026-01-01 to 2026-02-21");
    expect(text).toContain("2026-02-13 latency-p99, baseline");
    expect(text).toContain("+49 %, worse: 102 ms → 152 ms (p < 0.001)");
    expect(text).toContain("That night: kernel: 6.1.0 → 6.12.0.");
  });

  it("says what is missing", () => {
    expect(text).toContain("No runs: 2 nights between 2026-01-09 and 2026-01-12");
    expect(text).toContain("missing: 1 × not measured");
    expect(renderHistory(history([]), { colour: false, width: 80 })).toBe("/var/lib/history.db holds no results.\n");
  });

  it("lets no name of a stranger's move the cursor", () => {
    const hostile = nightly(quiet(3), () => ({ cluster: "context:\u001b[2Jgone" }));
    expect(renderHistory(history(hostile), { colour: false, width: 80 })).not.toContain("\u001b");
  });
});

describe("the history's page", () => {
  it("answers first, and draws each series with its gaps and its change", () => {
    const page = historyPage(history(CHANGED));
    const { document } = new JSDOM(page).window;
    expect(document.querySelector("h1")?.textContent).toBe(
      "Last change: latency-p99 of baseline in dns-storm became worse on 2026-02-13",
    );
    const wide = document.querySelector("figure[data-metric='latency-p99'] svg.wide");
    expect(wide?.querySelectorAll("circle")).toHaveLength(49);
    // Two gaps: three stretches of the line.
    const line = wide?.querySelector("[data-mark='line'] path")?.getAttribute("d") ?? "";
    expect(line.match(/M/g)).toHaveLength(3);
    expect(wide?.querySelectorAll("[stroke-dasharray] line, line[stroke-dasharray]")).toHaveLength(1);
    expect(document.querySelector(".changes .worse")?.textContent).toContain("kernel: 6.1.0 → 6.12.0");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it("shows hostile names as text", () => {
    const name = `<img src=x onerror="alert(1)">`;
    const page = historyPage(history(nightly(quiet(3), () => ({ cluster: name, suite: name }))));
    const { document } = new JSDOM(page).window;
    expect(document.querySelector("img")).toBeNull();
    expect(document.body.textContent).toContain(name);
  });
});

/** A comparison of two nights says so, and what was not alike, in every report. */
import { expect, test } from "vitest";
import { renderMarkdown } from "../../../reports/formats/markdown/markdown.ts";
import { renderHtml } from "../../../reports/html/page.ts";
import { renderTerminal } from "../../../reports/terminal/render.ts";
import { reproduceCommand } from "../../../reports/view/command.ts";
import type { Result } from "../../../runner/result/result.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";
import { fixture } from "./fixture.ts";

const made = fixture();
const [before, tonight] = made.arms;
const result = {
  ...made,
  asked: { suites: "connection-flood", "--tuned": "recommended", "--against": "last-good", "--quick": "given" },
  given: { "--store": "/var/lib/packetwalk" },
  arms: [
    { ...before, name: "recommended@2026-03-01" },
    { ...tonight, name: "recommended" },
  ],
  order: tonight.blocks.map(() => "recommended"),
  against: {
    ...{ from: "last-good", startedAt: "2026-03-01T09:00:00.000Z", arm: "recommended" },
    nights: [{ at: "2026-03-01T09:00:00.000Z", values: {} }],
    differences: [{ what: "kernel", from: "6.1.0", to: "6.<b>12" }],
  },
} as Result;
const report = await connectionFlood.report();

test.each([
  ["terminal", () => renderTerminal(result, report, { colour: false, width: 110 }).replace(/\s+/g, " ")],
  ["Markdown", () => renderMarkdown({ results: [{ result, report }], missing: [] }).replaceAll("\\", "")],
  ["page", async () => (renderHtml(result, report, await report.page()) as string).replace(/\s+/g, " ")],
])("in the %s", async (_, render) => {
  const text = await render();
  expect(text).toMatch(/two nights, not two arms in turn, which is weaker/);
  expect(text).toMatch(/fewer than 5 good nights are known \(1\), so only plain harm is believed/);
  expect(text).toMatch(/[Nn]ot alike in the two nights: kernel: 6\.1\.0 → 6\./);
});

test("nothing of it is markup, and the command repeats it", async () => {
  expect(renderHtml(result, report, await report.page())).not.toContain("6.<b>12");
  expect(reproduceCommand(result)).toContain(
    "packetwalk compare connection-flood --tuned recommended --against last-good --quick",
  );
  expect(reproduceCommand(result)).toContain("--store /var/lib/packetwalk");
});

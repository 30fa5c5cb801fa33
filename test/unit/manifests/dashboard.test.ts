import { describe, expect, test } from "vitest";
import { openMetricsSamples } from "../../../reports/formats/openmetrics/openmetrics.ts";
import { ASKED, DASHBOARD } from "../../support/dashboard.ts";
import { CASES } from "../reports/cases.ts";
import { reported } from "../reports/formats/hostile.ts";

/** Every series that the formats' tests draw; on a cluster that is known, which some recorded ones are not. */
const results = Object.values(CASES).map((each) => reported({ ...each, target: { ...each.target, uid: "8d0f" } }));
const DRAWN = openMetricsSamples({ results, missing: ["saturation"] }, 0);
const NAMES = new Set(DRAWN.map(({ name }) => name));

type Matcher = readonly [label: string, operator: string, value: string];

const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
/** A selector, with its name or without. */
const SELECTOR = /([a-zA-Z_:][\w:]*)?\{([^}]*)\}/g;

function matchersIn(text: string): Matcher[] {
  return [...text.matchAll(MATCHER)].map(([, label = "", operator = "", value = ""]) => [label, operator, value]);
}

/** As Prometheus does; what a variable stands for is anything. */
function matches([label, operator, value]: Matcher, labels: Readonly<Record<string, string>>): boolean {
  if (value.startsWith("$")) return true;
  const own = labels[label] ?? "";
  const isSo = operator.endsWith("~") ? new RegExp(`^(?:${value})$`).test(own) : own === value;
  return operator.startsWith("!") ? !isSo : isSo;
}

interface Selector {
  readonly text: string;
  readonly labels: readonly string[];
  readonly series: readonly Readonly<Record<string, string>>[];
}

function selectorsIn(expr: string): Selector[] {
  return [...expr.matchAll(SELECTOR)].map(([text, name, braces = ""]) => {
    const named: Matcher[] = name === undefined ? [] : [["__name__", "=", name]];
    const matchers = [...named, ...matchersIn(braces)];
    const series = DRAWN.map((each) => ({ ...each.labels, __name__: each.name })).filter((labels) =>
      matchers.every((matcher) => matches(matcher, labels)),
    );
    return { text, labels: matchersIn(braces).map(([label]) => label), series };
  });
}

/** Labels by which something is grouped or joined. */
function groupedIn(expr: string): string[] {
  return [...expr.matchAll(/\b(?:by|on|ignoring|without)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map((label) => label.trim()),
  );
}

const shownIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);

describe.each(ASKED)("$title", ({ expr, shown }) => {
  const selectors = selectorsIn(expr);

  test("asks for series that --format openmetrics draws, by labels that they have", () => {
    expect(selectors.length).toBeGreaterThan(0);
    for (const { text, labels, series } of selectors) {
      expect(series.length, text).toBeGreaterThan(0);
      const known = new Set(series.flatMap(Object.keys));
      for (const label of labels) expect([...known], text).toContain(label);
    }
    // No name outside of a selector.
    for (const [name] of expr.matchAll(/\bpacketwalk_\w+(?=[{[])/g)) expect([...NAMES]).toContain(name);
  });

  test("groups by, joins on and shows labels that they have", () => {
    const known = [...new Set(selectors.flatMap(({ series }) => series.flatMap(Object.keys)))];
    for (const label of [...groupedIn(expr), ...shownIn(shown)]) expect(known).toContain(label);
    // What was grouped away can't be shown.
    const outermost = /^(?:max|sum|count) by \(([^)]*)\)/.exec(expr)?.[1]?.split(", ");
    if (outermost) for (const label of shownIn(shown)) expect(outermost).toContain(label);
  });
});

test("its variables are asked for in series that are drawn, and each is used", () => {
  for (const { name, type, definition = "" } of DASHBOARD.templating.list) {
    expect(JSON.stringify(DASHBOARD.panels)).toMatch(new RegExp(`\\$\\{?${name}\\b`));
    if (type !== "query") continue;
    const [, series = "", label] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
    expect(label).toBe(name);
    const found = DRAWN.filter((each) => each.name === series.replace(/\{.*/, ""));
    expect(new Set(found.flatMap(({ labels }) => labels[name] ?? [])).size, definition).toBeGreaterThan(0);
  }
});

test("it needs no plugin beside Grafana's own, and takes every number from the data source that is chosen", () => {
  const own = ["row", "stat", "timeseries", "status-history", "bargauge"];
  for (const { type, title, datasource } of DASHBOARD.panels) {
    expect(own, title).toContain(type);
    if (type !== "row") expect(datasource?.uid, title).toBe("$datasource");
  }
  const text = JSON.stringify(DASHBOARD);
  expect(new Set(text.match(/"uid":"[^"]*"/g))).toEqual(new Set(['"uid":"$datasource"', '"uid":"packetwalk"']));
});

test("its annotations ask the same in both of the forms that Grafana has had", () => {
  const { list } = DASHBOARD.annotations;
  expect(list.map(({ target }) => target.expr)).toEqual(list.map(({ expr }) => expr));
});

test("its panels have identities of their own and do not lie on each other", () => {
  const { panels } = DASHBOARD;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const [index, { gridPos: a, title }] of panels.entries()) {
    expect(a.x + a.w, title).toBeLessThanOrEqual(24);
    for (const { gridPos: b, title: other } of panels.slice(index + 1)) {
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      expect(apart, `${title} and ${other}`).toBe(true);
    }
  }
});

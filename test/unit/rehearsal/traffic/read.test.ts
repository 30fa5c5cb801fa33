import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../../../runner/errors.ts";
import type { TrafficOptions } from "../../../../runner/rehearsal/traffic/options.ts";
import { readTrafficCsv } from "../../../../runner/rehearsal/traffic/read.ts";

type Options = Omit<TrafficOptions, "named">;

const read = (text: string, options: Options = {}) => readTrafficCsv(text, { named: "t.csv", ...options });
const ratesOf = (text: string, options?: Options) => read(text, options).minutes.map(({ perMinute }) => perMinute);
const beginOf = (text: string, options?: Options) => {
  const [first] = read(text, options).minutes;
  return first.atUnixMs === null ? null : new Date(first.atUnixMs).toISOString();
};
const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/traffic/${name}.csv`, import.meta.url), "utf8");

function sentenceOf(text: string, options?: Options): string {
  try {
    read(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  return "it was read";
}

const of = (length: number, value: number) => Array.from({ length }, () => value);
const BERLIN = { timeZone: "Europe/Berlin" };
const UTC = { timeZone: "UTC" };

describe("exports of spreadsheets and of monitoring are read as they were meant", () => {
  test.each<[string, Options, number[], string]>([
    ["semicolon-decimal-comma", BERLIN, [12034, 12500.5, 13000], "2025-11-28T08:00:00.000Z"],
    ["semicolon-thousands-dots", {}, [1034.5, 12500.25, 13000], "2025-11-28T08:00:00.000Z"],
    ["tab-narrow-blanks", { timeZone: "Europe/Paris" }, [12034.5, 12500, 13000], "2025-11-28T08:00:00.000Z"],
    ["cloudwatch-hourly", UTC, [...of(60, 12000), ...of(60, 18000), ...of(60, 15000)], "2024-11-29T09:00:00.000Z"],
    ["cloudwatch-five-minutes", {}, [...of(5, 1200), ...of(5, 1800), ...of(5, 1500)], "2025-11-28T08:00:00.000Z"],
    ["cloudwatch-six-hours", UTC, [...of(360, 120), ...of(360, 240)], "2024-11-29T09:00:00.000Z"],
    ["prometheus-quarter-minutes", { unit: "per-second" }, [720, 1260], "2025-11-28T09:00:00.000Z"],
    ["gap-empty-cell", { ...UTC, gaps: "zero" }, [1000, 0, 1200], "2025-11-28T09:00:00.000Z"],
    ["gap-empty-cell", { ...UTC, gaps: "bridge" }, [1000, 1100, 1200], "2025-11-28T09:00:00.000Z"],
    ["gap-rows-missing", { gaps: "zero" }, [1000, 1100, 0, 0, 0, 0, 0, 1700], "2025-11-28T09:00:00.000Z"],
    [
      "gap-rows-missing",
      { gaps: "bridge" },
      [1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700],
      "2025-11-28T09:00:00.000Z",
    ],
    ["gap-null-cells", { gaps: "zero" }, [900, 0, 0, 1200], "2025-11-28T09:00:00.000Z"],
    ["gap-in-quarter-minutes", { unit: "per-second", gaps: "zero" }, [330, 1200], "2025-11-28T09:00:00.000Z"],
  ])("%s with %j", (name, options, rates, begin) => {
    expect(ratesOf(fixture(name), options)).toEqual(rates);
    expect(beginOf(fixture(name), options)).toBe(begin);
  });
});

describe("time without a number is never closed up", () => {
  test.each([
    ["gap-empty-cell", UTC, "t.csv:3: has no number"],
    ["gap-null-cells", {}, "t.csv:4: has no number"],
    [
      "gap-rows-missing",
      {},
      "t.csv:4: 5 rows are missing before it (rows are a minute apart), from 2025-11-28T09:02:00.000Z on",
    ],
    [
      "gap-in-quarter-minutes",
      { unit: "per-second" as const },
      "t.csv:3: 2 rows are missing before it (rows are 15 s apart), from 2025-11-28T09:00:30.000Z on",
    ],
  ])("%s is refused by line, with what can be chosen", (name, options, sentence) => {
    expect(sentenceOf(fixture(name), options)).toBe(
      `${sentence}; write gaps: zero if there were no requests then, gaps: bridge for a straight line across, or mend the export`,
    );
  });

  test("what was made of gaps is said with their number", () => {
    expect(read(fixture("gap-rows-missing"), { gaps: "zero" }).notes).toContain(
      "t.csv: 5 of 8 rows have no number; they are taken as 0 requests.",
    );
    expect(read(fixture("gap-null-cells"), { gaps: "bridge" }).notes).toContain(
      "t.csv: 2 of 4 rows have no number; they are bridged by a straight line.",
    );
  });

  test("a straight line needs both ends", () => {
    expect(sentenceOf("Time,n\n1764320400,\n1764320460,5\n1764320520,6\n", { gaps: "bridge" })).toBe(
      "t.csv:2: has no number, and none on one side to bridge from; take the row out, or write gaps: zero",
    );
  });

  test("a column without any number is none of zeros", () => {
    expect(sentenceOf("Time,n\n1764320400,\n1764320460,\n", { gaps: "zero", column: "n" })).toBe(
      "t.csv:2: has no number, and no other row has one; is it the right column?",
    );
  });
});

describe("what a step and a number are is said, or refused where it is in doubt", () => {
  test("an hour's sum is not a minute's", () => {
    expect(read(fixture("cloudwatch-hourly"), UTC).notes).toEqual([
      't.csv begins at 2024-11-29T09:00:00.000Z, rows an hour apart; each number of "RequestCount" is taken as the requests of those 60 minutes.',
      "t.csv: each row is spread evenly over its 60 minutes, so peaks within them are not rehearsed.",
    ]);
  });

  test("a minute that is not whole is said", () => {
    expect(read(fixture("prometheus-quarter-minutes"), { unit: "per-second" }).notes.at(-1)).toBe(
      "t.csv: rows 15 s apart are averaged over each minute; of the last minute there are 2 of 4 rows.",
    );
  });

  test.each([
    ["per-second", [600, 1200]],
    ["per-minute", [10, 20]],
    ["per-hour", [10 / 60, 20 / 60]],
    ["sum", [10, 20]],
  ] as const)("%s of rows a minute apart", (unit, rates) => {
    expect(ratesOf("1764320400,10\n1764320460,20\n", { unit })).toEqual(rates);
  });

  test.each([
    [
      "a rate by its name",
      "Time,req/s\n1764320400,10\n1764320460,20\n",
      't.csv:1: "req/s" looks like a rate; write unit: per-second, per-minute or per-hour, or unit: sum if it is none',
    ],
    [
      "five minutes of nobody knows what",
      "Time,Value\n1764320400,10\n1764320700,20\n",
      't.csv:1: rows are 5 minutes apart, and "Value" does not say whether its numbers are rates; write unit: per-second or per-minute, or unit: sum if each is the requests of its 5 minutes',
    ],
  ])("%s is refused without a unit", (_, text, sentence) => {
    expect(sentenceOf(text)).toBe(sentence);
  });
});

describe("times", () => {
  test.each([
    ["2025-11-28T09:00:00Z", "2025-11-28T09:01:00Z"],
    ["2025-11-28T10:00:00+01:00", "2025-11-28 10:01:00 +0100"],
    ["2025-11-28 09:00 UTC", "2025-11-28 09:01:00.000Z"],
    ["1764320400", "1764320460.000"],
    ["1764320400000", "1764320460000"],
  ])("%s and %s are instants by themselves", (first, second) => {
    expect(beginOf(`t,n\n${first},1\n${second},2\n`)).toBe("2025-11-28T09:00:00.000Z");
    expect(ratesOf(`t,n\n${first},1\n${second},2\n`)).toEqual([1, 2]);
  });

  const local = (...times: string[]) => `t,n\n${times.map((time, index) => `${time},${index + 1}`).join("\n")}\n`;

  test("of a wall's clock without a zone are refused", () => {
    expect(sentenceOf(local("2026-11-27 10:00:00", "2026-11-27 10:01:00"))).toBe(
      't.csv:2: "2026-11-27 10:00:00" has no time zone; write timeZone: UTC, or the zone that it was exported in, such as Europe/Berlin',
    );
  });

  test("that clocks skip in spring leave no gap, and are none themselves", () => {
    expect(ratesOf(local("2026-03-29 01:59", "2026-03-29 03:00"), BERLIN)).toEqual([1, 2]);
    expect(sentenceOf(local("2026-03-29 01:59", "2026-03-29 02:30"), BERLIN)).toBe(
      't.csv:3: "2026-03-29 02:30" never was in Europe/Berlin, where clocks were put forward over it; export times in UTC',
    );
  });

  test("that clocks show twice in autumn are refused, also elsewhere", () => {
    expect(sentenceOf(local("2025-10-26 01:59", "2025-10-26 02:00"), BERLIN)).toMatch(
      /^t\.csv:3: "2025-10-26 02:00" was twice in Europe\/Berlin, where clocks were put back then; export/,
    );
    expect(sentenceOf(local("2025-11-02 01:30", "2025-11-02 01:31"), { timeZone: "America/New_York" })).toMatch(
      /^t\.csv:2: .* was twice in America\/New_York/,
    );
  });

  test.each([
    ["order", "1764320460", "1764320400", "t.csv:3: is earlier than line 2; sort the rows by time, the earliest first"],
    ["one twice", "1764320460", "1764320460", "t.csv:3: has the same time as line 2; leave one row for each time"],
    [
      "a day that there is not",
      "2025-11-28T09:00Z",
      "2025-11-31T09:00Z",
      /^t\.csv:3: "2025-11-31T09:00Z" is not a time/,
    ],
    [
      "another kind",
      "2025-11-28T09:00Z",
      "yesterday",
      /^t\.csv:3: "yesterday" is not a time that is taken here; write/,
    ],
    [
      "seven seconds",
      "1764320400",
      "1764320407",
      /^t\.csv:3: is 7 s after line 2, and that is not a whole number of min/,
    ],
  ])("refused by line: %s", (_, first, second, sentence) => {
    const said = sentenceOf(`t,requests\n${first},1\n${second},2\n`);
    if (typeof sentence === "string") expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });

  test("that are not evenly apart are refused", () => {
    expect(sentenceOf("t,n\n1764320400,1\n1764320460,1\n1764320550,1\n")).toBe(
      "t.csv:4: is 90 s after line 3, where others are 60 s apart; export with one fixed interval",
    );
  });

  test("that span years fill no memory", () => {
    expect(sentenceOf("t,n\n1764320400,1\n1764320460,1\n1864320420,1\n")).toBe(
      "t.csv:4: is 1666668 minutes after the first row; leave a week (10080) at most",
    );
  });

  test("one row alone has no length", () => {
    expect(sentenceOf("t,n\n1764320400,1\n")).toMatch(/^t\.csv:2: is the only row, so it can't be told how long/);
  });

  test("can be none, where each row is a minute", () => {
    expect(read("10\n20\n").minutes).toEqual([
      { atUnixMs: null, perMinute: 10 },
      { atUnixMs: null, perMinute: 20 },
    ]);
    expect(read("10\n20\n").notes[0]).toMatch(/^t\.csv has no times: each row is a minute;/);
    expect(sentenceOf("18:00,10\n18:01,20\n")).toMatch(
      /^t\.csv:1: has no time in any cell .* timeColumn: none if each/,
    );
    expect(ratesOf("18:00,10\n18:01,20\n", { timeColumn: "none" })).toEqual([10, 20]);
  });
});

describe("numbers", () => {
  const column = (...cells: string[]) => cells.map((cell, minute) => `${1764320400 + minute * 60};${cell}`).join("\n");

  test.each<[string[], number[]]>([
    [
      ["1.234,5", "1.000"],
      [1234.5, 1000],
    ],
    [
      ["1,234.5", "1,000"],
      [1234.5, 1000],
    ],
    [
      ["1'234", "2’345"],
      [1234, 2345],
    ],
    [
      ["0,125", "1,000"],
      [0.125, 1],
    ],
    [
      ["1.234.567", "1.000"],
      [1_234_567, 1000],
    ],
    [
      ["1e3", "2.5E2"],
      [1000, 250],
    ],
    [
      ["12034,000", "1,5"],
      [12034, 1.5],
    ],
  ])("%j are %j", (cells, values) => {
    expect(ratesOf(column(...cells))).toEqual(values);
  });

  test("that can be read in two ways are refused, unless the plan says it", () => {
    expect(sentenceOf(column("1,234", "2,345"))).toBe(
      't.csv:1: "1,234" can be read in two ways; write decimal: "," if its sign begins a fraction, decimal: "." if it parts thousands',
    );
    expect(ratesOf(column("1,234", "2,345"), { decimal: "." })).toEqual([1234, 2345]);
    expect(ratesOf(column("1,234", "2,345"), { decimal: "," })).toEqual([1.234, 2.345]);
    expect(sentenceOf(column("1.234", "2.345"))).toMatch(
      /^t\.csv:1: "1\.234" can be read in two ways; write decimal: "," if/,
    );
    // With commas between cells nobody has dots between thousands.
    expect(ratesOf("1764320400,1.234\n1764320460,2.345\n")).toEqual([1.234, 2.345]);
  });

  test.each([
    [["10", "-1"], "t.csv:2: -1 is below zero, and requests can't be; take the row out, or mend the query"],
    [["10", "1.2 K"], 't.csv:2: "1.2 K" is not a number of requests; export plain numbers, without units'],
    [["1,5", "1,234,5"], 't.csv:2: "1,234,5" is not a number where "," is the decimal sign; write all of them alike'],
    [["1.5", "12,34.0"], 't.csv:2: "12,34.0" is not a number where "." is the decimal sign; write all of them alike'],
    [["10", "1e999"], 't.csv:2: "1e999" is not a number that can be counted with'],
  ])("%j are refused by line", (cells, sentence) => {
    expect(sentenceOf(column(...cells))).toBe(sentence);
  });
});

describe("columns", () => {
  const TWO = "Time,web,api\n1764320400,1,10\n1764320460,2,20\n";

  test("of numbers there may be several, if the plan names one", () => {
    expect(sentenceOf(TWO)).toBe("t.csv:1: has numbers in web, api; write the one that counts as column");
    expect(ratesOf(TWO, { column: "api" })).toEqual([10, 20]);
    expect(ratesOf(TWO, { column: 2 })).toEqual([1, 2]);
  });

  test("that there are not are refused with the nearest", () => {
    expect(sentenceOf(TWO, { column: "apy" })).toBe(
      't.csv:1: has no column "apy"; did you mean api? There are Time, web, api: write one of them as column',
    );
    expect(sentenceOf(TWO, { timeColumn: 4 })).toMatch(/^t\.csv:1: has no column "4"; There are/);
  });

  test("with one name twice, or with times twice, are refused", () => {
    expect(sentenceOf("Time,n,n\n1764320400,1,2\n1764320460,1,2\n", { column: "n" })).toBe(
      't.csv:1: has two columns "n"; write column: 2 or 3, its place',
    );
    expect(sentenceOf("from,to,n\n1764320400,1764320460,2\n1764320460,1764320520,2\n")).toBe(
      "t.csv:1: has times in from and to; write one of them as timeColumn",
    );
  });
});

describe("what is no such file", () => {
  test.each([
    ["empty", "", /^t\.csv:1: has no rows; write a line a minute/],
    ["a header alone", "Time,Value\n", /^t\.csv:1: is the only line, and has no numbers/],
    [
      "a cell too many",
      "Time,n\n1764320400,1\n1764320460,1,5\n",
      /^t\.csv:3: has 3 cells where line 1 has 2; quote a cell/,
    ],
    ["an open quote", 'Time,n\n1764320400,"1\n', /^t\.csv:\d: is not CSV: Quote Not Closed/],
    ["words", "Time,n\n1764320400,one\n1764320460,two\n", /^t\.csv:2: has no column of numbers/],
  ])("%s is refused by line", (_, text, sentence) => {
    expect(sentenceOf(text)).toMatch(sentence);
  });

  test("lines are counted as an editor does, with comments, blank lines and a mark at the start", () => {
    expect(
      sentenceOf("\uFEFFsep=;\r\n# of last year\r\n\r\nTime;n\r\n1764320400;1\r\n1764320460;x1\r\n", { column: "n" }),
    ).toMatch(/^t\.csv:6: "x1" is not a number/);
  });
});

import { describe, expect, test } from "vitest";
import { exitCodeOfError } from "../../../runner/cli/exit-codes.ts";
import { catalogue, tuningEntry } from "../../../runner/cli/tuning-entry.ts";
import { catalogueWords, tuningWords } from "../../../runner/cli/tuning-words.ts";
import { dnsYaml, folders } from "../tunings/folders.ts";

const failed = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe("packetwalk tunings", () => {
  test("lists each tuning in one line, under the suites that can stage it", async () => {
    const entries = await catalogue();
    const words = catalogueWords(entries, 200);
    for (const { name } of entries) expect(words.match(new RegExp(`^${name} `, "gm")), name).toHaveLength(1);
    const storms = words.split("\n\n").find((part) => part.startsWith("For dns-storm:"));
    expect(storms).toMatch(/^ndots-2 +pod-spec +5 +resolvers +ndots 2 in dnsConfig, as published$/m);
    expect(storms).toMatch(/^attempts-2 +pod-spec +- +resolvers +Placebo/m);
    expect(words).toMatch(/^For connection-flood, saturation, service-scale:$/m);
  });

  test("fits a terminal", async () => {
    for (const line of catalogueWords(await catalogue(), 90).split("\n")) expect(line.length).toBeLessThanOrEqual(90);
  });

  test("NAME says all of it, and the command that tries it", async () => {
    const words = tuningWords(await tuningEntry("fin-timeout-15"), 200);
    for (const line of [
      /^sets +net\.ipv4\.tcp_fin_timeout = 15$/m,
      /^scope +node$/m,
      /^claim +row 2$/m,
      /^has to act +in the client and server pods' network namespaces$/m,
      /^read back +the value in force/m,
      /^undone +the value from before/m,
      /^what it does +per network namespace, and it bounds orphaned FIN_WAIT_2/m,
      /^on nodes +sets .* takes --allow-node-changes/m,
      /^source +https:/m,
      /^staged by +connection-flood, saturation, service-scale$/m,
      /^try it +packetwalk compare connection-flood --tuned fin-timeout-15$/m,
    ])
      expect(words).toMatch(line);
    expect(words).not.toMatch(/^SHA-256/m);
  });

  test("--json has the same as data", async () => {
    expect(JSON.parse(JSON.stringify(await tuningEntry("node-local-cache")))).toMatchObject({
      name: "node-local-cache",
      kind: "node-dns",
      scope: "component",
      claim: 6,
      actsIn: {
        name: "resolvers",
        words: "the client pods' resolvers",
        places: expect.arrayContaining(["musl-resolvers"]),
      },
      nodeChange: "gives every node an address more, and a DNS that listens there",
      suites: ["dns-storm"],
      try: "packetwalk compare dns-storm --tuned node-local-cache",
    });
  });

  test("a folder is checked and told like any other", async () => {
    using made = folders();
    const folder = made.tuning("mine", dnsYaml("{ name: ndots, value: 3 }", "name: use-vc"));
    const entry = await tuningEntry(folder);
    expect(entry).toMatchObject({
      name: "mine",
      setting: "dnsConfig.options: ndots = 3, use-vc",
      claim: "none",
      try: `packetwalk compare dns-storm --tuned ${folder}`,
    });
    expect(tuningWords(entry, 200)).toMatch(/^SHA-256 +[0-9a-f]{64}$/m);
    made.tuning("mine", dnsYaml("name: use-vc").replace("pod-dns-config", "dns-config"));
    const error = await failed(tuningEntry(folder));
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /mine\/tuning\.yaml:2: kind: there is no "dns-config"; there are .*node-sysctl.*, pod-dns-config/,
      ),
    });
    expect(exitCodeOfError(error)).toBe(4);
  });

  test.each([
    ["ndot-2", 'there is no tuning "ndot-2"; did you mean ndots-2?'],
    ["fin-timeout", 'there is no tuning "fin-timeout"; did you mean fin-timeout-15?'],
    ["zzz", 'there is no tuning "zzz"; packetwalk tunings lists all'],
  ])("an unknown name is refused with the nearest: %s", async (typed, sentence) => {
    const error = await failed(tuningEntry(typed));
    expect(error).toMatchObject({ message: sentence });
    expect(exitCodeOfError(error)).toBe(4);
  });
});

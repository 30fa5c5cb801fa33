/** What doctor prints: hop by hop, bars, and nobody's words as markup or as orders to a terminal. */
import { expect, test } from "vitest";
import { doctorMarkdown } from "../../../reports/doctor/markdown.ts";
import { doctorWords } from "../../../reports/doctor/terminal.ts";
import { quietHops } from "../../../reports/doctor/walk.ts";
import { exitCodeOfDiagnosis } from "../../../runner/cli/diagnosis.ts";
import { BAD, diagnosis, EVERYTHING } from "./diagnosis.ts";
import { inside, node, nodeInside, web } from "./well-configured.ts";

test("the terminal has the hop that breaks first on top, with a bar of what is left", async () => {
  const words = doctorWords(await diagnosis(BAD, { rate: 1000 }), { width: 100, colour: false });
  const heads = words.split("\n").filter((line) => /^[A-Z ]{3,}( {2}\(breaks first\))?$/.test(line));
  expect(heads[0]).toBe("DNS  (breaks first)");
  expect(words).toMatch(/\[\.{20}\] 0 % left of queries\/s that its CPU limit allows/);
  expect(words).toMatch(/\[#{10}\.{10}\] 50 % left of connections\/s/);
  expect(words).toContain("remedy");
});

test("colours are by severity, and only where there are any; Markdown has the same bars", async () => {
  const seen = await diagnosis(BAD, { rate: 1000 });
  expect(doctorWords(seen, { width: 100, colour: true })).toContain("\u001b[31mcritical\u001b[39m");
  expect(doctorWords(seen, { width: 100, colour: false })).not.toContain("\u001b");
  expect(doctorMarkdown(seen)).toContain("`[##########..........] 50 %` of connections/s that the table takes");
});

test("a command stands on one line, to be copied", async () => {
  const lines = doctorWords(await diagnosis(BAD, { rate: 2600 }), { width: 60, colour: false }).split("\n");
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {4}proof +packetwalk compare dns-storm --tuned .* --context staging$/),
  );
});

test("a proof names a suite that stages its tuning, the cluster, and the permission that it takes", async () => {
  const { findings, onNodesOnly } = await diagnosis(BAD, { rate: 2600 });
  const commands = [
    ...findings.map(({ proof }) => proof.command),
    ...onNodesOnly.map(({ shownBy }) => shownBy.command),
  ];
  expect(commands).toContain(
    "packetwalk compare connection-flood --tuned conntrack-time-wait-30 --quick --context staging --allow-node-changes",
  );
  expect(commands).toContain("packetwalk compare dns-storm --tuned ndots-2 --quick --context staging");
});

test("a hop that no check looks at is not called quiet", async () => {
  const quiet = quietHops(await diagnosis({}));
  expect(quiet).toContain("dns");
  expect(quiet).not.toContain("overlay");
  expect(quiet).not.toContain("listen-queue");
});

test("it is told where the rate is from, and into which nodes agents looked", async () => {
  const given = await diagnosis({}, { rate: 2600 });
  expect(given.onNodes).toBeNull();
  expect(doctorWords(given, { width: 200, colour: false })).toContain("judged at 2,600 new connections/s a node");
  const looked = {
    ...inside(nodeInside("a", { newPerSecond: 12 }), nodeInside("b", { newPerSecond: 340 })),
    failed: [{ name: "c", because: "exit 137" }],
    left: ["d", "e"],
  };
  const seen = await diagnosis({}, { deep: { inside: { seen: looked } } });
  const terminal = doctorWords(seen, { width: 300, colour: false });
  const markdown = doctorMarkdown(seen);
  for (const text of [terminal, markdown]) {
    expect(text).toContain("12 to 340 new connections/s a node, measured over 4 s");
    expect(text).toContain("agents looked into a, b; not into c, which failed; 2 others left out");
    expect(text).toContain("etcd's fsync time");
    expect(text).not.toContain("limit, entries and timeouts in force");
  }
  expect(terminal).toContain("NOT SEEN ON THE NODES EITHER");
  expect(markdown).toContain("## Not seen on the nodes either");
});

test("others' words neither steer a terminal nor become markup", async () => {
  const evil = "a\u001b[2J|<img src=x>`\u202e*b*";
  const seen = await diagnosis({
    nodes: [node("x", { conditions: [{ type: "Ready", status: "False", says: evil }] })],
  });
  const words = doctorWords(seen, { width: 100, colour: false });
  const markdown = doctorMarkdown(seen);
  for (const text of [words, markdown]) {
    expect(text).not.toContain("\u001b");
    expect(text).not.toContain("\u202e");
  }
  expect(markdown).toContain("\\|\\<img src=x\\>\\`");
  const row = markdown.split("\n").find((line) => line.includes("NotReady")) ?? "";
  expect(row.match(/(?<!\\)\|/g)).toHaveLength(8);
});

test("many subjects of one kind are one entry", async () => {
  const workloads = Array.from({ length: 12 }, (_, index) => web({ name: `web-${index}`, replicas: 1 }));
  const words = doctorWords(await diagnosis({ workloads }), { width: 200, colour: false });
  expect(words).toContain(
    "deployment shop/web-0, deployment shop/web-1, deployment shop/web-2 and 9 more: replicas: 1",
  );
});

test("--fail-on decides the exit code, and nothing else does", async () => {
  const bad = await diagnosis({ workloads: [web({ replicas: 1 })] });
  expect(exitCodeOfDiagnosis(bad, undefined)).toBe(0);
  expect(exitCodeOfDiagnosis(bad, "critical")).toBe(0);
  expect(exitCodeOfDiagnosis(bad, "warning")).toBe(1);
  expect(exitCodeOfDiagnosis(bad, "info")).toBe(1);
  expect(exitCodeOfDiagnosis(await diagnosis({}), "warning")).toBe(0);
  // Nothing could be judged: that is no pass.
  expect(exitCodeOfDiagnosis(await diagnosis({}, { refused: EVERYTHING }), undefined)).toBe(5);
});

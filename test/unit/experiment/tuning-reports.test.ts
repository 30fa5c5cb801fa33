import { expect, test } from "vitest";
import { armByName } from "../../../runner/experiment/arms.ts";
import { tuningReports } from "../../../runner/experiment/tuning-reports.ts";
import type { ReadBack } from "../../../runner/tunings/read-back.ts";
import { connectionFlood } from "../../../suites/connection-flood/suite.ts";

const arm = await armByName(connectionFlood, "article-fin-timeout", "--tuned");
const read = (place: string, where: string, got: string): ReadBack => ({
  tuning: "fin-timeout-15",
  place,
  where,
  ...(place === "node" ? {} : { among: place.replace("-", " ") }),
  wanted: "15",
  got,
});
const accepted = [{ tuning: "fin-timeout-15", node: "node1", error: null }];

test("set on the node, read back there, but 60 in every pod: never arrived", () => {
  const readBacks = [
    read("node", "node node1", "15"),
    read("client-pods", "pod flood-1", "60"),
    read("client-pods", "pod flood-2", "60"),
    read("server-pods", "pod web-1", "60"),
  ];
  const [report] = tuningReports(arm, { writes: accepted, readBacks });
  expect(report?.arrival).toBe("never-arrived");
  expect(report?.readBacks).toEqual([
    { where: "node node1", wanted: "15", got: "15" },
    { where: "2 client pods", wanted: "15", got: "60" },
    { where: "1 server pods", wanted: "15", got: "60" },
  ]);
});

test("in some pods only: partly", () => {
  const readBacks = [read("client-pods", "pod flood-1", "15"), read("server-pods", "pod web-1", "60")];
  expect(tuningReports(arm, { writes: accepted, readBacks })[0]?.arrival).toBe("partly");
});

test("a write that the node refused is told with the node's reason", () => {
  const writes = [{ tuning: "fin-timeout-15", node: "node1", error: "EACCES: read-only" }];
  const [report] = tuningReports(arm, { writes, readBacks: [read("client-pods", "pod flood-1", "60")] });
  expect(report).toMatchObject({
    arrival: "refused",
    failed: { where: "node1", because: "EACCES: read-only" },
  });
  const [fine] = tuningReports(arm, { writes: accepted, readBacks: [] });
  expect(fine?.failed).toBeNull();
});

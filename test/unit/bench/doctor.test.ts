/** What bench:doctor calls right: the same hop, at about the same rate; what was not measured is not right. */
import { expect, test } from "vitest";
import { type Measurement, outcomeOf, type Prediction, type Row, rowText } from "../../../bench/doctor/row.ts";

const conntrack: Prediction = { hop: "conntrack", subject: "node node1", breaksAtPerSecond: 91 };
const met: Measurement = { hop: "client-conntrack", held: 88, failed: 96 };

function row(predicted: Prediction | null, measured: Measurement | null): Row {
  return { name: "conntrack", hop: "client-conntrack", takesPerSecond: 90.9, predicted, measured };
}

test.each<readonly [string, Row, ReturnType<typeof outcomeOf>]>([
  ["the hop, at its rate", row(conntrack, met), "right"],
  ["the hop, at a rate a third away", row({ ...conntrack, breaksAtPerSecond: 123 }, met), "wrong"],
  ["another hop at the right rate", row({ ...conntrack, hop: "ports" }, met), "wrong"],
  ["nothing predicted", row(null, met), "wrong"],
  ["nothing broke", row(conntrack, { hop: null, held: 88, failed: null }), "wrong"],
  ["no rate was tried", row(conntrack, { hop: "client-conntrack", held: null, failed: null }), "wrong"],
  ["nothing measured", row(conntrack, null), "not-measured"],
])("%s", (_, each, outcome) => {
  expect(outcomeOf(each)).toBe(outcome);
});

test("a row has both, side by side", () => {
  expect(rowText(row(conntrack, met))).toBe(
    "✓ conntrack: predicted conntrack (node node1) at 91.0/s; measured client-conntrack, 88 held, 96 not; by construction client-conntrack at 90.9/s",
  );
});

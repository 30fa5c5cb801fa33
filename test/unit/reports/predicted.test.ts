import { expect, test } from "vitest";
import { measuredText, predictedText } from "../../../reports/view/predicted.ts";

test.each<[string, string, number | null, number | null, [string, string]]>([
  ["an instant that never comes", "s", null, null, ["never", "did not happen"]],
  ["an instant that came all the same", "s", null, 3, ["never", "3 s"]],
  ["an amount that nobody foretold", "requests", null, null, ["not known", "not seen"]],
  ["an amount that could not be measured", "requests", 12, null, ["12 requests", "not seen"]],
  ["none at all", "requests", 0, 0, ["0 requests", "0 requests"]],
])("%s", (_, unit, predicted, measured, texts) => {
  const foretold = { unit, predicted, measured };
  expect([predictedText(foretold), measuredText(foretold)]).toEqual(texts);
});

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { GAP, textsIn } from "../../support/sentences.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(`${ROOT}docs/troubleshooting.md`, "utf8");
const parts = page.split(/^### /m).slice(1);
const quoted = parts.map((part) => /^`([^`]+)`\n/.exec(part)?.[1] ?? "");
const texts = textsIn([`${ROOT}runner`, `${ROOT}suites`]);

/** With a gap for each `<…>`. */
const asInSources = (sentence: string) => sentence.replace(/<[^>]+>/g, GAP);

describe("each sentence of docs/troubleshooting.md is one that the sources can say", () => {
  test.each(quoted)("%s", (sentence) => {
    // What is left beside the gaps has to tell it from others.
    expect(asInSources(sentence).replaceAll(GAP, "").length).toBeGreaterThan(10);
    expect(texts.has(asInSources(sentence))).toBe(true);
  });
});

test("there are thirty and more, none of them twice", () => {
  expect(quoted.length).toBeGreaterThanOrEqual(30);
  expect(new Set(quoted).size).toBe(quoted.length);
});

test("each says what it means, and then what to do", () => {
  const without = parts.filter((part) => !/\n\n\*\*Means:\*\* .+\n\*\*Do:\*\* .+\n/s.test(part));
  expect(without.map((part) => part.split("\n")[0])).toEqual([]);
});

test("a sentence that the sources do not say is found out", () => {
  expect(texts.has(asInSources("kubeconfig <file> does not exist; name one with --kubeconfig FILE"))).toBe(true);
  expect(texts.has(asInSources("kubeconfig <file> does not exist; name one with --kube-config FILE"))).toBe(false);
});

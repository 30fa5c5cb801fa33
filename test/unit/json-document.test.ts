import { expect, it } from "vitest";
import { z } from "zod";
import { EnvironmentError } from "../../runner/errors.ts";
import { readDocument } from "../../runner/json-document.ts";

const SCHEMA = z.object({ entries: z.number() });
const WHO = "agent conntrack on node worker-1";

it("a program's answer is what it says", () => {
  expect(readDocument(WHO, '{"entries":3}\n', SCHEMA)).toEqual({ entries: 3 });
});

it.each(["", "<html>", '{"entries":', '{"entries":"many"}'])("a damaged answer is told by its program: %s", (text) => {
  expect(() => readDocument(WHO, text, SCHEMA)).toThrow(EnvironmentError);
  expect(() => readDocument(WHO, text, SCHEMA)).toThrow(/^the answer of agent conntrack on node worker-1 /);
});

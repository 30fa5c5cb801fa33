import { expect, test } from "vitest";
import { rendezvous } from "../../../runner/experiment/rendezvous.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("who comes first waits for the other, as often as they meet", async () => {
  const { together, meet } = rendezvous();
  const seen: string[] = [];
  const work = (name: string, turns: number) => async () => {
    for (let stage = 1; stage <= 3; stage++) {
      for (let i = 0; i < turns; i++) await turn();
      seen.push(`${name}${stage}`);
      await meet();
    }
  };
  await together([work("a", 1), work("b", 5)]);
  expect(seen.map((each) => each[1])).toEqual(["1", "1", "2", "2", "3", "3"]);
});

test("who has ended is not waited for", async () => {
  const { together, meet } = rendezvous();
  const ended = await together([
    async () => "short",
    async () => {
      await meet();
      return "long";
    },
  ]);
  expect(ended).toEqual(["short", "long"]);
});

test("one that fails lets the other end before its error is told", async () => {
  const { together, meet } = rendezvous();
  let ended = false;
  const both = together([
    async () => {
      throw new Error("no pod was created");
    },
    async () => {
      await meet();
      await turn();
      ended = true;
    },
  ]);
  await expect(both).rejects.toThrow("no pod was created");
  expect(ended).toBe(true);
});

test("who works alone meets nobody, and goes on", async () => {
  const { meet } = rendezvous();
  await meet();
  await rendezvous().together([meet]);
});

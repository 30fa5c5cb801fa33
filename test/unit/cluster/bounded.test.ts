import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { boundedText } from "../../../runner/cluster/bounded.ts";

test("what ends is read whole, whatever its chunks cut", async () => {
  const bytes = Buffer.from("語 and more");
  expect(await boundedText(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]))).toBe("語 and more");
});

test("what does not end is let go of", async () => {
  const log = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, "x");
    })(),
  );
  await expect(boundedText(log, 3 * 1024 * 1024)).rejects.toThrow("it printed more than 3 MiB");
  expect(log.destroyed).toBe(true);
});

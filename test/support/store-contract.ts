/** What every store must do, whatever it is kept in. */
import { expect, it } from "vitest";
import type { Store } from "../../runner/history/store.ts";
import { recorded } from "./recorded.ts";

/** @param open the same store each time; it is empty at first */
export function storeContract(open: () => Promise<Store>): void {
  const [first, second, third] = ["2026-03-02", "2026-03-03", "2026-03-04"].map((day) => recorded(day));
  if (!first || !second || !third) throw new Error("three nights");

  it("keeps whole results, each once, and gives their nights from the oldest on", async () => {
    const store = await open();
    expect(await store.add([third, first])).toBe(2);
    expect(await store.add([first, second])).toBe(1);
    expect(await store.nights()).toEqual([first.night, second.night, third.night]);
    expect(await store.document(second.id)).toEqual(second.document);
    await store.close();
  });

  it("has them when it is opened again", async () => {
    const store = await open();
    expect((await store.nights()).map(({ at }) => at.slice(0, 10))).toEqual(["2026-03-02", "2026-03-03", "2026-03-04"]);
    await expect(store.document("none")).rejects.toThrow(/holds no result none/);
    await store.close();
  });

  it("keeps all of an addition or none of it", async () => {
    const store = await open();
    const unable = { ...recorded("2026-03-06"), document: 1n };
    await expect(store.add([recorded("2026-03-05"), unable])).rejects.toThrow(/BigInt/);
    expect(await store.nights()).toHaveLength(3);
    await store.close();
  });

  it("lets several at a time write, and loses nothing", async () => {
    const stores = await Promise.all([open(), open(), open()]);
    const days = ["2026-04-01", "2026-04-02", "2026-04-03"];
    await Promise.all(stores.map((store, i) => store.add([recorded(days[i] ?? "")])));
    const [one] = stores;
    expect((await one?.nights())?.map(({ at }) => at.slice(0, 10)).slice(3)).toEqual(days);
    for (const store of stores) await store.close();
  });

  it("forgets what is older than a day, with all that belongs to it", async () => {
    const store = await open();
    expect(await store.prune(new Date("2026-03-04T00:00:00Z"))).toBe(2);
    expect((await store.nights())[0]).toEqual(third.night);
    await expect(store.document(first.id)).rejects.toThrow(/holds no result/);
    // What belonged to it would be in the way now.
    expect(await store.add([first])).toBe(1);
    expect(await store.document(first.id)).toEqual(first.document);
    await store.close();
  });
}

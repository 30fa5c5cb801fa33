/** Results of a run that go to a history. The run is never lost with the store: what was measured is on disk before. */
import { entryOf } from "../history/entry.ts";
import { openStore } from "../history/open.ts";
import { type Store, StoreError } from "../history/store.ts";
import type { Measurement } from "../result/measurement.ts";
import type { Result } from "../result/result.ts";

/**
 * Before minutes of work; makes the store where there is none.
 * @throws StoreError
 */
export async function assertStorable(where: string): Promise<void> {
  await (await storeToWrite(where)).close();
}

/** @returns why it could not be added; null: it was */
export async function addedToStore(result: Result | Measurement, where: string): Promise<string | null> {
  try {
    const store = await storeToWrite(where);
    try {
      await store.add([entryOf(result)]);
    } finally {
      await store.close();
    }
    return null;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `the result of ${result.suite} was not added to the history (packetwalk history import adds it later): ${error.message}`;
  }
}

/** @throws StoreError */
export async function storeToWrite(where: string): Promise<Store> {
  const store = await openStore(where, "write");
  if (store === null) throw new StoreError(`${where} can't be made`);
  return store;
}

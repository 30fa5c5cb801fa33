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

/**
 * What has ended, with why its result could not be added to the history that was asked for, where it could not.
 * @param where undefined: none was asked for
 */
export async function storedToo<F extends { readonly unstored?: string }>(
  ended: F,
  result: Result | Measurement,
  where: string | undefined,
): Promise<F> {
  const unstored = where === undefined ? null : await addedToStore(result, where);
  return unstored === null ? ended : { ...ended, unstored };
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

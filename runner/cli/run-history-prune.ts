import { defaultStore, openStore } from "../history/open.ts";
import { EXIT } from "./exit-codes.ts";
import { noStore } from "./run-history.ts";

const DAY_MS = 24 * 3600 * 1000;

export async function runHistoryPrune({
  keep,
  store: where = defaultStore(),
}: {
  readonly keep: number;
  readonly store?: string;
}): Promise<number> {
  const store = await openStore(where, "read");
  if (store === null) return noStore(where);
  try {
    const forgotten = await store.prune(new Date(Date.now() - keep * DAY_MS));
    process.stdout.write(`${store.name}: ${forgotten} results older than ${keep} days forgotten\n`);
  } finally {
    await store.close();
  }
  return EXIT.passed;
}

/** Adds nights to a store, one after the other, and says each: node --import tsx writer.ts STORE FIRST-DAY COUNT */
import { openStore } from "../../../runner/history/open.ts";
import { recorded } from "../../support/recorded.ts";

const [, , where = "", first = "", count = "0"] = process.argv;
const store = await openStore(where, "write");
if (store === null) throw new Error(`${where} can't be made`);
for (let i = 0; i < Number(count); i++) {
  const day = new Date(Date.parse(first) + i * 86_400_000).toISOString().slice(0, 10);
  await store.add([recorded(day)]);
  process.stdout.write(`${day}\n`);
}
await store.close();

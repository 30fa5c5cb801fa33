import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../../../runner/history/open.ts";
import { recorded } from "../../support/recorded.ts";
import { storeContract } from "../../support/store-contract.ts";
import { type PostgresServer, postgresServer } from "./postgres-server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await postgresServer();
});
afterAll(() => server?.stop());

async function open() {
  const store = await openStore(server.url, "write");
  if (store === null) throw new Error("there is a server");
  return store;
}

async function inDatabase(statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}

describe("a store in PostgreSQL", () => {
  it("is not made by who reads it, and says that there is none", async () => {
    await expect(openStore(server.url, "read")).rejects.toThrow(/holds no history of packetwalk/);
    expect(await inDatabase("SELECT tablename FROM pg_tables WHERE tablename LIKE 'packetwalk%'")).toEqual([]);
  });

  storeContract(open);

  it("has its values for who asks in SQL", async () => {
    const rows = await inDatabase(
      `SELECT count(DISTINCT result_id)::int AS results, count(*)::int AS values
       FROM packetwalk_values WHERE metric = 'latency-p99' AND arm = 'baseline' AND value > 0`,
    );
    expect(rows).toEqual([{ results: 5, values: 5 }]);
  });

  it("is made once where several begin it at the same time", async () => {
    await inDatabase("DROP TABLE packetwalk_values, packetwalk_arms, packetwalk_results, packetwalk_history");
    const stores = await Promise.all([open(), open(), open()]);
    expect(await inDatabase("SELECT schema_version FROM packetwalk_history")).toEqual([{ schema_version: 1 }]);
    for (const store of stores) await store.close();
  });

  it("says when it is of a newer packetwalk", async () => {
    await inDatabase("UPDATE packetwalk_history SET schema_version = 2");
    await expect(open()).rejects.toThrow(/has version 2 of the history, and this packetwalk knows 1/);
    await inDatabase("UPDATE packetwalk_history SET schema_version = 1");
  });

  it("says in one sentence, without a password, that its server is gone, before and amid its use", async () => {
    const store = await open();
    await server.kill();
    await expect(store.add([recorded("2026-03-02")])).rejects.toThrow(/^postgresql:.* can't be used: /);
    await store.close();
    const url = "postgresql://nightly:hunter2hunter2@127.0.0.1:1/history";
    const refusal = openStore(url, "write");
    await expect(refusal).rejects.toThrow(
      /^postgresql:\/\/nightly@127\.0\.0\.1:1\/history can't be used: .*ECONNREFUSED/,
    );
    await expect(refusal).rejects.not.toThrow(/hunter2/);
  });
});

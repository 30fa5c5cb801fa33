import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(`../../../fixtures/tls/${name}`, import.meta.url), "utf8");

/** A certificate with its key. */
export const pair = (name: "server" | "other-names" | "expired" | "client") => ({
  cert: read(`${name}.crt`),
  key: read(`${name}.key`),
});

export const CA = read("ca.crt");

export const base64 = (text: string) => Buffer.from(text).toString("base64");

import { readFileSync } from "node:fs";

/** A live page as a whole: its own file, with the style that all of them have. */
export function livePage(name: "experiment" | "rehearsal"): string {
  const read = (file: string) => readFileSync(new URL(`../../../reports/live/${file}`, import.meta.url), "utf8");
  // A function: what stands in a style must not be read as a pattern's.
  return read(`${name}.html`).replace("/* live.css */", () => read("live.css"));
}

import { plainText } from "../../markdown/text.ts";

/** A list of sentences, with the empty line that ends it; nothing where there are none. */
export function bullets(sentences: readonly string[]): string[] {
  return sentences.length === 0 ? [] : [...sentences.map((each) => `- ${plainText(each)}`), ""];
}

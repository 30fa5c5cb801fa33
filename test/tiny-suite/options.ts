import { UsageError } from "../../runner/errors.ts";
import type { SuiteOptions } from "../../runner/experiment/suite.ts";

export type TinyOptions = { readonly greeting: string };

export const OPTIONS: SuiteOptions<TinyOptions> = {
  greeting: {
    flags: "--greeting <word>",
    description: "what its section says",
    parse(text) {
      if (/^\w+$/.test(text)) return text;
      throw new UsageError(`--greeting: "${text}" is not one word`);
    },
  },
};

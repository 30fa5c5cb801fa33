import { InvalidArgumentError } from "commander";

export const DEFAULT_LAB = "default";

/** Names of labs become names of network namespaces, cgroups and folders. */
export function labName(text: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError("a lab's name has up to 20 lower-case letters, digits and dashes.");
  }
  return text;
}

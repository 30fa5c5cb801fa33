/**
 * Text that came from a cluster, a log or a file, without control and format characters: it must not steer a terminal, nor
 * show itself in another order than it has.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
}

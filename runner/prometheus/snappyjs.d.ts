/** It brings no types of its own. */
declare module "snappyjs" {
  /** Block format, as remote write wants it. */
  export function compress(uncompressed: Uint8Array): Uint8Array;
  export function uncompress(compressed: Uint8Array, mostBytes?: number): Uint8Array;
}

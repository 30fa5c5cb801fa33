import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";

/** A histogram of connect times, as a block has it. */
export function connects(ms: readonly number[]): string {
  const histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 ** 27 - 1,
    numberOfSignificantValueDigits: 3,
  });
  for (const each of ms) histogram.recordValue(each * 1000);
  return encodeIntoCompressedBase64(histogram);
}

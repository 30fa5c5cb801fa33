/** Decodes a block of Snappy's format (google/snappy, format_description.txt), in which Prometheus is written to. */
export function decodeSnappy(block: Buffer): Buffer {
  let position = 0;
  const byte = () => block[position++] ?? 0;
  const little = (bytes: number) => {
    const value = block.readUIntLE(position, bytes);
    position += bytes;
    return value;
  };
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const next = byte();
    length |= (next & 0x7f) << shift;
    if (next < 0x80) break;
  }
  const out = Buffer.alloc(length);
  let end = 0;
  const copy = (count: number, offset: number) => {
    for (let i = 0; i < count; i++, end++) out[end] = out[end - offset] ?? 0;
  };
  while (position < block.length) {
    const tag = byte();
    const high = tag >> 2;
    switch (tag & 3) {
      case 0: {
        const count = (high < 60 ? high : little(high - 59)) + 1;
        block.copy(out, end, position, position + count);
        position += count;
        end += count;
        break;
      }
      case 1:
        copy((high & 7) + 4, ((tag >> 5) << 8) | byte());
        break;
      case 2:
        copy(high + 1, little(2));
        break;
      default:
        copy(high + 1, little(4));
    }
  }
  return out;
}

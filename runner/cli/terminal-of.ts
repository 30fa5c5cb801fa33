/** What a stream shows: `width` in columns, and colours where it is a terminal that has them and NO_COLOR is not set. */
export function terminalOf(stream: NodeJS.WriteStream): { readonly colour: boolean; readonly width: number } {
  // A pipe has none of the three, whatever Node's types say; and a CI log is a pipe.
  const { isTTY, columns } = stream as Partial<NodeJS.WriteStream>;
  return { colour: isTTY === true && stream.hasColors(), width: columns ?? 100 };
}

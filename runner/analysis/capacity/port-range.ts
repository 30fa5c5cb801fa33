/** "32768 60999" → [32768, 60999] */
export function portRange(text: string | undefined): readonly [number, number] | undefined {
  const [low, high] = (text ?? "").split(/\s+/).map(Number);
  return low && high ? [low, high] : undefined;
}

/** Numbers in sentences: three significant digits, thousands separated, sign on request. */

export function number(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

export function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value);
}

export function percent(share: number): string {
  return `${number(100 * share)} %`;
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

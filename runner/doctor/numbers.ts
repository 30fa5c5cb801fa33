/** Numbers as people read them: "2,600", "98 s", "2.3 min". */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function seconds(value: number): string {
  if (value < 10) return `${Number(value.toFixed(1))} s`;
  if (value < 600) return `${Math.round(value)} s`;
  return value < 172_800 ? `${Number((value / 3600).toFixed(1))} h` : `${Number((value / 86_400).toFixed(1))} days`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

export function several(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

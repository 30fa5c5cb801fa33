/** A day has 1 440 minutes; a week is more than any rehearsal. */
const MOST_MINUTES = 10_080;

/**
 * Reads a CSV of requests per minute: one row a minute in order, the number in the last column (what comes before, such
 * as a time of day, is for people); a first row without a number is a header; empty lines and # comments are skipped.
 * @throws Error with the file, the line and what is wrong there.
 */
export function parsePerMinuteCsv(text: string, file: string): number[] {
  const requests: number[] = [];
  let headerAllowed = true;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const cell = (line.split(/[,;\t]/).at(-1) ?? "").trim().replace(/^"(.*)"$/, "$1");
    if (headerAllowed && cell !== "" && Number.isNaN(Number(cell))) {
      headerAllowed = false;
      continue;
    }
    headerAllowed = false;
    const count = Number(cell);
    if (cell === "" || !Number.isFinite(count) || count < 0) {
      throw new Error(
        `${file}, line ${index + 1}: "${cell}" is not a number of requests; the last column of each row is that minute's count`,
      );
    }
    requests.push(count);
  }
  if (requests.length === 0) throw new Error(`${file}: there is no row with a number of requests per minute`);
  if (requests.length > MOST_MINUTES) throw new Error(`${file}: ${requests.length} minutes are more than a week`);
  return requests;
}

/** What a pipe, a socket or a terminal answers whose other end has gone. */
const GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "ECONNRESET", "EIO"]);

/**
 * Whoever read the output may go before its end: `| head`, a CI runner that was killed, a closed terminal. The command then goes on without
 * words: what it measures is kept in files, and what it changed is put back. An error that nobody takes is told on stderr, and if that is
 * what fails, without end.
 * @throws what else stdout fails by, such as a full disk: a document that was lost is no success
 */
export function outliveReaders(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!GONE.has(error.code)) throw error;
  });
}

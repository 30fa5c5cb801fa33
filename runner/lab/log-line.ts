/**
 * The line of a component's log that best says why it ended: one that speaks of a full disk, else the last one that
 * speaks of an error, else the last one that says anything. Understands klog, logrus, slog and JSON prefixes only so far as to strip them.
 */
export function lastMeaningfulLine(log: string): string | undefined {
  const lines = log.split("\n").filter((line) => line.trim() !== "" && !noise.test(line));
  const telling =
    lines.find((line) => cause.test(line)) ?? lines.filter((line) => failure.test(line)).at(-1) ?? lines.at(-1);
  return telling ? stripPrefix(telling).trim() : undefined;
}

const failure =
  /^[EF]\d{4} |^Error:|level=(error|fatal)|"level":"(error|fatal|panic)"|\berror\b|\bfailed\b|\bfatal\b|^panic:|No space left|denied/i;
/** What the lines after it only repeat the consequences of. */
const cause = /no space left on device|disk quota exceeded|Wrote only \d+ of/i;
/** Stack traces, usage texts and the like, which follow the message that matters. */
const noise = /^\s+|^goroutine \d+|^(Usage|Flags|Global flags):|^exit status|^created by /;
const klog = /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\]]+\] /;

function stripPrefix(line: string): string {
  const json = /"(?:msg|message)":"((?:[^"\\]|\\.)*)".*?(?:"error":"((?:[^"\\]|\\.)*)")?[^"]*}$/.exec(line);
  if (line.startsWith("{") && json) return json[2] ? `${json[1]}: ${json[2]}` : (json[1] ?? line);
  const logrus = /^time=(?:"[^"]*"|\S+) level=\w+ msg="((?:[^"\\]|\\.)*)"(.*)$/.exec(line);
  if (logrus) return `${logrus[1]}${logrus[2]}`;
  const plain = line.replace(klog, "");
  const structured = /^"((?:[^"\\]|\\.)*)"(?:.*? )err="((?:[^"\\]|\\.)*)"/.exec(plain);
  return structured ? `${structured[1]}: ${unescaped(structured[2] ?? "")}` : plain;
}

function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, "$1").replaceAll("\\n", " ");
}

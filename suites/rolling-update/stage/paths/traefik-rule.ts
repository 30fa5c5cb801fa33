/** A host's matcher in a rule, its values quoted as Go has them: Host(`a`), Host("a", `b`), HostSNI(`a`), HostRegexp(`^.+$`). */
const MATCHER = /(!?)\b(Host|HostHeader|HostSNI|HostRegexp)\(((?:\s*(?:`[^`]*`|"(?:[^"\\]|\\.)*")\s*,?)*)\)/g;

/** How a rule has a host: by name, by an expression that fits, or not at all. Paths and headers are not looked at. */
export function holdsFor(rule: string, host: string): "name" | "expression" | null {
  const found = [...rule.matchAll(MATCHER)].flatMap(([, not, matcher, values = ""]) => {
    if (not === "!") return [];
    if (matcher !== "HostRegexp") return valuesOf(values).some((name) => same(name, host)) ? ["name" as const] : [];
    return valuesOf(values).some((pattern) => fits(pattern, host)) ? ["expression" as const] : [];
  });
  return found.find((each) => each === "name") ?? found[0] ?? null;
}

function valuesOf(text: string): string[] {
  return [...text.matchAll(/`([^`]*)`|"((?:[^"\\]|\\.)*)"/g)].map(([, raw, quoted = ""]) => raw ?? unquoted(quoted));
}

/** Go's escapes in a name or a pattern: those that JSON has as well. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

function same(name: string, host: string): boolean {
  return name.toLowerCase() === host.toLowerCase();
}

/** Traefik 3 has Go's expressions; version 2 had "{name:expression}" in a plain host name. */
function fits(pattern: string, host: string): boolean {
  const plain = /^\{[^:}]*:.*\}|\.\{[^:}]*:.*\}/.test(pattern)
    ? `^${pattern.replace(/\{[^:}]*:((?:[^{}]|\{\d+(?:,\d*)?\})*)\}/g, "(?:$1)")}$`
    : pattern;
  try {
    return new RegExp(plain.replace(/^\(\?i\)/, ""), "i").test(host);
  } catch {
    return false; // an expression that only Go knows
  }
}

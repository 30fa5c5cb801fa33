/** Without the password, and without options that can hold one. */
export function nameOf(url: string): string {
  try {
    const { protocol, username, host, pathname, searchParams } = new URL(url);
    return `${protocol}//${username && `${username}@`}${host || (searchParams.get("host") ?? "")}${pathname}`;
  } catch {
    return "the PostgreSQL store";
  }
}

/** A store as it may be recorded: a folder and a file as they were given. */
export function storeName(where: string): string {
  return /^postgres(ql)?:\/\//.test(where) ? nameOf(where) : where;
}

// Addresses of the office with names in them: the pop-up of a call, the screen of an agent. Pure.

/** Names of a call's variables that the address has room for: `${var:NAME}`. */
export function wantedVariables(address: string): string[] {
  return [...address.matchAll(/\$\{var:(\w+)\}/g)].map((found) => found[1] ?? "");
}

/** The address with its `${names}` filled in, each made safe; null when it does not lead to a web page. */
export function fillAddress(address: string, values: Readonly<Record<string, string>>): string | null {
  const filled = address.replace(/\$\{([\w:]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  try {
    // A value can not make another scheme of it: what is filled in has no colon left.
    const url = new URL(filled);
    return url.protocol === "http:" || url.protocol === "https:" ? filled : null;
  } catch {
    return null;
  }
}

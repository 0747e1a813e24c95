// What addresses mean: patterns of paths, and where log-in may lead. Pure.

/** A path against a pattern with `:names`; null if it does not fit. */
export function fits(path: string, pattern: string): Record<string, string> | null {
  const a = path.split("/").filter(Boolean);
  const b = pattern.split("/").filter(Boolean);
  if (a.length !== b.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of b.entries()) {
    const given = a[i] ?? "";
    if (part.startsWith(":")) {
      try {
        found[part.slice(1)] = decodeURIComponent(given);
      } catch {
        return null;
      }
    } else if (part !== given) return null;
  }
  return found;
}

/** Where log-in may lead: a path of this portal only, so that the address can not send anybody elsewhere. */
export function safeTarget(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) && !to.startsWith("/login") && !to.startsWith("/claim") ? to : "/";
}

// Which columns of a table are shown: those the address names, else those the person chose, else all. Pure.

export function shownColumns<T extends { id: string }>(all: readonly T[], asked: string | null, chosen: readonly string[]): T[] {
  const wanted = asked ? asked.split(",") : chosen;
  const found = all.filter((c) => wanted.includes(c.id));
  // Columns of another version of the block choose nothing.
  return found.length ? found : [...all];
}

// Rows as a CSV file, made in the page: what a reader ticked. Pure but for handing the file over.

/** A cell: quoted where it must be, and no formula to a spreadsheet that opens it. */
function cell(text: string): string {
  // A telephone number and a figure stay as they are; the daemon's own files keep the same rule.
  const harmful = /^[=@\t\r]/.test(text) || (/^[+-]/.test(text) && !/^[+-]\d[\d. -]*$/.test(text));
  return harmful || /[",;\r\n]/.test(text) ? `"${harmful ? "'" : ""}${text.replaceAll('"', '""')}"` : text;
}

export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Offers a file to keep. */
export function offerFile(name: string, text: string): void {
  // The mark at the start tells spreadsheets that it is UTF-8.
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

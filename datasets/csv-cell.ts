/** A text as a cell of CSV: in quotes where it needs them, blanks at its ends kept. */
export function csvCell(text: string): string {
  return /[",\r\n]|^[ \t]|[ \t]$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

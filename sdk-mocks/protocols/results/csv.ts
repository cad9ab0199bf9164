/**
 * Rows as CSV (RFC 4180). NULL is the bare word `null`, as the platform writes it (docs: Statement Execution, format
 * CSV); a text that reads `null` stands in quotes so that the two stay apart (assumed).
 */
export function csvLines(rows: readonly (readonly (string | null)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('');
}

function field(cell: string | null): string {
  if (cell === null) return 'null';
  return cell === 'null' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

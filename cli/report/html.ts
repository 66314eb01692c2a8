/** Markup of a report: text from outside is escaped here, and nowhere else is it needed. */

/** Markup that is safe as it is. */
export interface Markup {
  readonly markup: string;
}
type Part = Markup | string | number | null | readonly Part[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => escapes[found] ?? found);
}

function shown(part: Part): string {
  if (part === null) return '';
  if (Array.isArray(part)) return part.map(shown).join('');
  if (typeof part === 'object') return (part as Markup).markup;
  return escaped(String(part));
}

/** A template whose values are escaped, unless they are markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Part[]): Markup {
  const text = parts.map((part, i) => part + (i < values.length ? shown(values[i] as Part) : ''));
  return { markup: text.join('') };
}

/** A figure with a name, in the grid of its section. */
export function figureOf(title: string, body: Markup, note: Markup | null = null): Markup {
  const caption = note === null ? null : html`<p class="note">${note}</p>`;
  return html`<figure><figcaption>${title}</figcaption>${body}${caption}</figure>`;
}

export function section(title: string, ...body: readonly Part[]): Markup {
  return html`<section><h2>${title}</h2>${body}</section>`;
}

/** Rows of a name and what it is; those without a value are left out. */
export function factList(facts: readonly (readonly [string, Part])[]): Markup {
  const rows = facts.filter(([, value]) => value !== null && value !== '');
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A table of texts; every column but the first, if there are figures, to the right. */
export function dataTable(
  head: readonly string[],
  rows: readonly { readonly cells: readonly Part[]; readonly marked?: boolean }[],
): Markup {
  const line = ({ cells, marked = false }: (typeof rows)[number]) =>
    html`<tr${marked ? html` class="marked"` : null}>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  return html`<div class="wide"><table><thead><tr>${head.map(
    (name) => html`<th>${name}</th>`,
  )}</tr></thead><tbody>${rows.map(line)}</tbody></table></div>`;
}

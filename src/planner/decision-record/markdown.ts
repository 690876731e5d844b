// Markdown from plain data. Knows no design.

/** Rows under a header; every row has one cell per column. */
export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export const markdownList = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n')

// Tables for a terminal: columns as wide as their content, Chinese characters counted as two cells.

import stringWidth from 'string-width'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Cells; longer content is cut with an ellipsis. Default: as wide as needed. */
  readonly maxWidth?: number
}

/** Renders rows under a header and a rule. Every row has one cell per column. */
export const renderTable = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const cut = rows.map((row) => row.map((cell, i) => truncate(cell, columns[i]?.maxWidth)))
  const widths = columns.map((column, i) =>
    Math.max(stringWidth(column.title), ...cut.map((row) => stringWidth(row[i] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align ?? 'left'))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [line(columns.map((column) => column.title)), rule, ...cut.map(line)].join('\n')
}

const pad = (text: string, width: number, align: 'left' | 'right') => {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'right' ? space + text : text + space
}

const truncate = (text: string, maxWidth = Number.POSITIVE_INFINITY): string => {
  if (stringWidth(text) <= maxWidth) return text
  let kept = ''
  for (const character of text) {
    if (stringWidth(kept + character) > maxWidth - 1) break
    kept += character
  }
  return `${kept}…`
}

// Names that others gave, such as those of files, as text of one line. Knows no terminal.

/** With its control characters and line breaks escaped. */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu,
    (found) => named[found] ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

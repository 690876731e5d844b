// Facts as the data files hold them: columns once, one row a fact, sources listed once. Knows no fact.

/** Where a fact was read, and when (ISO date, sometimes only the month). */
export interface Source {
  readonly origin: string
  readonly date: string
}

interface Table {
  readonly columns: readonly string[]
  readonly sources: readonly (readonly string[])[]
  readonly rows: readonly (readonly unknown[])[]
}

/** The rows as objects; the last column, the number of the source, becomes the source itself. */
export const decodeTable = <T>(table: Table): readonly T[] => {
  const sources = table.sources.map(sourceOf)
  return table.rows.map((row) => {
    const fields = table.columns.map((column, i) => [column, row[i]] as const)
    return Object.fromEntries(
      fields.map(([column, value]) => [column, column === 'source' ? sources[Number(value)] : value]),
    ) as T
  })
}

export const sourceOf = ([origin = '', date = '']: readonly string[]): Source => ({ origin, date })

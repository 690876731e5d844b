// Who may see a row, as a condition of the query itself: rows are filtered before they are ranked, so that nothing
// leaks and nothing is missing from the first k.

export interface Access {
  /** A hard partition. */
  readonly tenant: string
  /** Groups the caller belongs to; without any, nothing is visible. */
  readonly principal: readonly string[]
}

/** The condition in LanceDB's SQL (DataFusion). */
export const accessFilter = ({ tenant, principal }: Access): string =>
  `tenant = ${quoted(tenant)} AND array_has_any(access, [${principal.map(quoted).join(', ')}])`

/** The condition that a column has one of these values. */
export const isOneOf = (column: string, values: readonly string[]): string =>
  values.length === 0 ? 'false' : `${column} IN (${values.map(quoted).join(', ')})`

/** A string literal of standard SQL: a quotation mark is doubled, and no other character is special. */
export const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

// What an error of the operating system or of a driver says, as one short text.

/** The code of a system error (`ENOSPC`), or of a database error (SQLSTATE); empty when there is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

export const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  return code !== '' && !message.includes(code) ? `${code}: ${message}` : message
}

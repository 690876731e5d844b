// Gemini counts citations in bytes of UTF-8, the contract in UTF-16 units. What lies behind the text that has been
// said so far is taken to be one byte per unit, in both directions.

/** @param units offset in UTF-16 units. @returns the same place in bytes */
export const byteOffset = (text: string, units: number): number =>
  Buffer.byteLength(text.slice(0, units), 'utf8') + Math.max(0, units - text.length)

/** @param bytes offset in bytes of UTF-8. @returns the same place in UTF-16 units */
export const textOffset = (text: string, bytes: number): number => {
  const whole = Buffer.from(text, 'utf8')
  return whole.subarray(0, bytes).toString('utf8').length + Math.max(0, bytes - whole.length)
}

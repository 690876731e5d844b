// The end of what a program printed, for the sentence that says why it ended. Knows no file.

export interface OutputTail {
  add(chunk: Buffer): void
  /** Its lines without colours and without empty ones, oldest first. */
  lines(): readonly string[]
}

const keptBytes = 128 * 1024
const longestLine = 2000
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const colour = /\u001B\[[0-9;]*[A-Za-z]/g

export const createOutputTail = (): OutputTail => {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    add: (chunk) => {
      chunks.push(chunk)
      bytes += chunk.length
      while (chunks.length > 1 && bytes - (chunks[0]?.length ?? 0) >= keptBytes)
        bytes -= chunks.shift()?.length ?? 0
    },
    lines: () =>
      Buffer.concat(chunks)
        .subarray(-keptBytes)
        .toString('utf8')
        .replace(colour, '')
        .split(/[\r\n]+/)
        .map((line) => line.trimEnd().slice(0, longestLine))
        .filter((line) => line !== ''),
  }
}

// Which release or build of an engine is meant, as a number that can be compared.

/** `0.19.1` = 19.001: minor releases before 1.0 are what changes an engine's memory model. */
export type EngineVersion = number

/** The release of a text such as `v0.8.5.post1`, `0.20.2rc1` or `vLLM 0.24.0`; null = none in it. */
export const engineVersion = (text: string): EngineVersion | null => {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text)
  if (!found) return null
  const [major = 0, minor = 0, patch = 0] = found.slice(1).map((part) => Number(part ?? 0))
  return major * 1000 + minor + patch / 1000
}

/** The build of llama.cpp, which numbers those: 6123 of `b6123` or `6123`; null = none is named. */
export const llamaBuild = (text: string): EngineVersion | null => {
  const digits = /^b?(\d{3,})$/i.exec(text)?.[1]
  return digits === undefined ? null : Number(digits)
}

// The number of a build of llama.cpp, which has no releases.

/** Of `b6123` or `6123`; null = none was named. */
export const llamaBuild = (written: string | undefined): number | null => {
  const digits = /^b?(\d{3,})$/.exec(written ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}

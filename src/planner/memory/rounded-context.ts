// The context length that an engine is started with, out of the longest request.

/** Tokens rounded up to 1,024, so that a slightly longer request is not refused, and at most what the model reads. */
export const roundedContext = (tokens: number, modelReads: number | null): number =>
  Math.min(Math.ceil(tokens / 1024) * 1024, modelReads ?? Number.POSITIVE_INFINITY)

// One server-sent event as bytes. Knows nothing of dialects.

/** @param name written as the `event` field where the dialect wants one */
export const sseText = (data: string, name?: string): string =>
  name === undefined ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`

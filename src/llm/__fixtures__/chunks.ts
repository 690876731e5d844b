// Chunks of the chat completions API, as short as they can be.

/** An SSE event that holds this value. */
export const sse = (value: unknown): string =>
  `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'tiny' }

export const chunk = (delta: unknown, finish: string | null = null, index = 0): string =>
  sse({ ...head, choices: [{ index, delta, finish_reason: finish }] })

export const usageChunk = (input: number, output: number): string =>
  sse({
    ...head,
    choices: [],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  })

export const done = sse('[DONE]')

/** A whole stream, cut into its events. */
export const streamOf = (...texts: readonly string[]): readonly string[] => [
  chunk({ role: 'assistant', content: '' }),
  ...texts.map((content) => chunk({ content })),
  chunk({}, 'stop'),
  usageChunk(9, texts.length),
  done,
]

export const answerOf = (text: string) => ({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
})

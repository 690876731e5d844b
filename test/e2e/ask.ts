// One chat request, as a client without a library sends it.

export interface Asked {
  readonly status: number
  readonly requestId: string
  readonly text: string
}

export const ask = async (url: string, model: string, question: string): Promise<Asked> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: question }] }),
  })
  return {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? '',
    text: await response.text(),
  }
}

// The product as a user starts it, on deployments that are real engines.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { stringify } from 'yaml'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'

export interface ServedSystem {
  readonly url: string
  readonly process: ServeProcess
  readonly client: OpenAI
  close(): Promise<void>
}

interface Served {
  readonly deployments: readonly object[]
  /** Strategies by the name of their route. */
  readonly routes: Readonly<Record<string, object>>
}

export const serveOn = async ({ deployments, routes }: Served): Promise<ServedSystem> => {
  const directory = mkdtempSync(join(tmpdir(), 'served-engines-'))
  const architectureFile = join(directory, 'architecture.yaml')
  writeFileSync(
    architectureFile,
    stringify({
      version: 1,
      name: 'engines',
      server: { port: 0, drainSeconds: 2 },
      deployments,
      routes: Object.entries(routes).map(([name, strategy]) => ({ name, strategy })),
    }),
  )
  const serve = await startServeProcess(architectureFile)
  await serve.ready
  return {
    url: serve.url,
    process: serve,
    client: new OpenAI({ baseURL: `${serve.url}/v1`, apiKey: 'none', maxRetries: 0 }),
    close: async () => {
      serve.stop()
      await serve.exited
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The sum of a counter in Prometheus' text format, over all of its labels. */
export const readCounter = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(url)).text()
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
  if (values.length === 0) throw new Error(`${url} has no ${name}`)
  return values.reduce((sum, value) => sum + value, 0)
}

/** A streamed answer, put together, with the chunks it came in. */
export const collectStream = async (
  client: OpenAI,
  body: Omit<OpenAI.ChatCompletionCreateParamsStreaming, 'stream'>,
) => {
  const stream = await client.chat.completions.create({
    stream_options: { include_usage: true },
    ...body,
    stream: true,
  })
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return {
    chunks,
    text: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''),
    finish: chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []),
    usage: chunks.at(-1)?.usage,
  }
}

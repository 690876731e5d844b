// `design fit` through the command line itself: flags, files, exit status, both languages.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FitAnswer } from '../../planner/index.js'
import { runCommandLine } from '../run-command-line.js'

afterEach(() => vi.restoreAllMocks())

const run = async (args: readonly string[], language: 'en' | 'zh-TW' = 'en') => {
  let out = ''
  let err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
  const status = await runCommandLine({
    args,
    language,
    environment: {},
    signal: new AbortController().signal,
  })
  vi.restoreAllMocks()
  return { status, out, err }
}

const ask = async (args: readonly string[]) => {
  const { status, out, err } = await run(['design', 'fit', '--json', ...args])
  return {
    status,
    err,
    answer: (out === '' ? {} : JSON.parse(out)) as FitAnswer & { readonly error?: unknown },
  }
}

const folder = mkdtempSync(join(tmpdir(), 'design-fit-'))
const file = (name: string, content: string) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const llama = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
  max_position_embeddings: 131072,
}

describe('design fit', () => {
  it('answers what the log of the release prints', async () => {
    const { status, answer } = await ask(
      '--model meta-llama/Llama-3.1-8B-Instruct --gpu H100 --engine vllm --engine-version 0.19.0 --max-model-len 8192 --gpu-memory-utilization 0.95'.split(
        ' ',
      ),
    )
    expect(status).toBe(0)
    expect(answer.fits).toBe(true)
    expect(answer.kvBytesPerToken).toBe(131_072)
    // Printed: 476,000 tokens, 58.11 GiB, 14.99 GiB of weights.
    expect(Math.abs(answer.kvCacheTokens / 476_000 - 1)).toBeLessThan(0.01)
    expect(answer.weightsGiBPerGpu).toBeCloseTo(14.99, 1)
    expect(answer.maxConcurrency).toBeCloseTo(58.11, 0)
    expect(answer.predicted).toBeNull()
  })

  it('predicts speed for a load, and reads every flag', async () => {
    const flags =
      '--model Llama-3.1-8B --gpu 2xH100 --tp 2 --pp 1 --ep 1 --dp 1 --dcp 1 --engine vllm --quantization fp8 --kv-dtype fp8 --max-num-seqs 64 --max-num-batched-tokens 4096 --gpu-memory-gib 79.1 --speculative eagle3:3:0.7 --max-model-len 16k'
    const { status, answer, err } = await ask([
      ...flags.split(' '),
      '--load',
      'input=1000,output=200,concurrency=8,prefix=500',
    ])
    expect(err).toBe('')
    expect(status).toBe(0)
    expect(answer.settings).toMatchObject({
      tensorParallel: 2,
      maxNumSeqs: 64,
      maxNumBatchedTokens: 4096,
      maxModelLen: 16_384,
      gpuMemoryGiB: 79.1,
    })
    expect(answer.predicted?.outputTokensPerSecond.value).toBeGreaterThan(0)
  })

  it('exits 1 when it does not fit, and says what stands in the way', async () => {
    const { status, answer } = await ask(
      '--model meta-llama/Meta-Llama-3.1-70B --gpu H100 --engine vllm'.split(' '),
    )
    expect(status).toBe(1)
    expect(answer).toMatchObject({ fits: false, limitedBy: 'weights', maxModelLenThatFits: 0 })
  })

  it.each([
    ['--model Lama-3.1-8B --gpu H100', /Did you mean .*Llama-3\.1-8B/i],
    ['--model /dev/zero --gpu H100', /not a file/],
    ['--model /tmp --gpu H100', /not a file/],
    ['--model Llama-3.1-8B --gpu H100 --speculative wizard:3', /wizard/],
    ['--model Llama-3.1-8B --gpu H100 --speculative eagel3:3', /eagle3\?/],
    ['--model Llama-3.1-8B --gpu H10O', /H10O/],
    ['--model Llama-3.1-8B --gpu H100 --engine vlm', /Did you mean vllm/],
    ['--model Llama-3.1-8B --gpu H100 --quantization aqw', /Did you mean awq/],
    ['--model Llama-3.1-8B --gpu H100 --kv-dtype fp9', /Did you mean fp8/],
    ['--model Llama-3.1-8B --gpu H100 --tp zero', /tp/],
    ['--model Llama-3.1-8B --gpu H100 --gpu-memory-utilization 1.2', /0\.01-1/],
    ['--model Llama-3.1-8B --gpu H100 --load input=10', /output/],
    ['--model Llama-3.1-8B --gpu H100 --speculative mtp', /METHOD:TOKENS/],
    ['--gpu H100', /--model/],
    ['--model /nowhere/config.json --gpu H100', /nowhere/],
  ])('exits 2 for %s', async (flags, message) => {
    const { status, out, err } = await run(['design', 'fit', ...flags.split(' ')])
    expect(status).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(message)
  })

  it('reads a config.json of a model that the catalogue does not know', async () => {
    const path = file('config.json', JSON.stringify(llama))
    const { status, answer } = await ask(['--model', path, '--gpu', 'H100', '--max-model-len', '8192'])
    expect(status).toBe(0)
    expect(answer.kvBytesPerToken).toBe(131_072)
    const byFolder = await ask(['--model', folder, '--gpu', 'H100', '--max-model-len', '8192'])
    expect(byFolder.answer.weightsGiBPerGpu).toBe(answer.weightsGiBPerGpu)
  })

  it('reads one at an address, and refuses what is too long', async () => {
    const server = createServer((request, response) =>
      response.end(request.url === '/long' ? 'x'.repeat(3 * 1024 ** 2) : JSON.stringify(llama)),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const { answer } = await ask([
        '--model',
        `${address}/config.json`,
        '--gpu',
        'H100',
        '--max-model-len',
        '8192',
      ])
      expect(answer.kvBytesPerToken).toBe(131_072)
      const long = await ask(['--model', `${address}/long`, '--gpu', 'H100'])
      expect(long.status).toBe(2)
      expect(long.err).toMatch(/2 MiB/)
    } finally {
      server.close()
    }
  })

  it('bounds a model of which only the size is known, and says so', async () => {
    const { status, answer } = await ask(
      '--model acme/Mystery-13B-Chat --gpu A100-SXM4-80GB --max-model-len 4096'.split(' '),
    )
    expect(status).toBe(0)
    expect(answer.weightsGiBPerGpu).toBeGreaterThan(20)
    expect(answer.weightsGiBPerGpu).toBeLessThan(29)
    expect(answer.warnings.map(({ code }) => code)).toContain('fit.model-bounded')
  })

  it('takes the shape of the base that a tuned model is named after', async () => {
    const { status, answer } = await ask(
      '--model NousResearch/Hermes-3-Llama-3.1-8B --gpu H100 --max-model-len 8192'.split(' '),
    )
    expect(status).toBe(0)
    expect(answer.kvBytesPerToken).toBe(131_072)
    expect(answer.warnings.map(({ code }) => code)).toContain('cli.fit-family')
  })

  it('takes the format from the name of the checkpoint', async () => {
    const wide = await ask('--model Qwen/Qwen2.5-7B-Instruct --gpu L4 --max-model-len 4096'.split(' '))
    const narrow = await ask('--model Qwen/Qwen2.5-7B-Instruct-AWQ --gpu L4 --max-model-len 4096'.split(' '))
    expect(narrow.answer.weightsGiBPerGpu).toBeLessThan(wide.answer.weightsGiBPerGpu / 2)
  })

  it('answers many cases of a file, under any spelling, and keeps going after a broken line', async () => {
    const cases = [
      '{"id": "a", "model": "Llama-3.1-8B", "gpu": "NVIDIA H100 80GB HBM3", "engine": "vllm", "maxModelLen": 8192}',
      '{"id": "b", "model": "Llama-3.1-8B", "gpu": "H100", "engine": "vLLM", "max_model_len": 8192, "tensor_parallel_size": 2, "count": 2}',
      'not json',
      '{"id": "c", "model": "Llama-3.1-8B", "gpu": "H100", "max-model-len": "8192", "gpu-memory-utilization": 0.5, "loadd": 1}',
      '{"id": "d", "model": "Llama-3.1-8B", "gpu": "H100", "load": {"input": 100, "output": 10, "concurrency": 2}, "maxModelLen": 8192}',
      '{"id": "e", "model": "Llama-3.1-8B"}',
    ]
    const { status, out } = await run([
      'design',
      'fit',
      '--json',
      '--file',
      file('cases.jsonl', `${cases.join('\n')}\n\n`),
    ])
    expect(status).toBe(2)
    const results = JSON.parse(out) as (Partial<FitAnswer> & {
      readonly line: number
      readonly id?: string
      readonly error?: { readonly message: string }
    })[]
    expect(results.map(({ line, id, fits }) => [line, id, fits])).toEqual([
      [1, 'a', true],
      [2, 'b', true],
      [3, undefined, undefined],
      [4, 'c', true],
      [5, 'd', true],
      [6, 'e', undefined],
    ])
    expect(results[2]?.error?.message).toMatch(/JSON/)
    expect(results[5]?.error?.message).toMatch(/gpu/)
    expect(results[3]?.warnings?.map(({ code }) => code)).toContain('cli.fit-unknown-field')
    expect(results[4]?.predicted?.tpotMs.value).toBeGreaterThan(0)
    expect(results[1]?.kvCacheTokens).toBeGreaterThan(2 * (results[0]?.kvCacheTokens ?? 0))
  })

  it('says it in words, in both languages', async () => {
    const flags = 'design fit --model Llama-3.1-8B --gpu H100 --max-model-len 8192'.split(' ')
    const english = await run(flags)
    const chinese = await run(flags, 'zh-TW')
    expect(english.out).toMatch(/It fits/)
    expect(chinese.out).toMatch(/放得下/)
  })
})

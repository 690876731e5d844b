// `design fit` through the command line itself: flags, files, exit status, both languages.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FitAnswer } from '../../planner/index.js'
import { runHere as run } from '../__fixtures__/run-here.js'

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

  it('refuses two kinds of card in one name, and reads a size after a comma', async () => {
    const model = ['--model', 'Qwen/Qwen2.5-7B-Instruct']
    const two = await run(['design', 'fit', ...model, '--gpu', 'H100,A100'])
    expect(two.status).toBe(2)
    expect(two.err).toContain('names more than one card')
    expect((await ask([...model, '--gpu', 'NVIDIA H100, 80GB'])).status).toBe(0)
  })

  it.each([
    ['--load', 'input=10,output=10', 'Add concurrency=N (requests in flight) or rps=X (requests/s).'],
    ['--load', 'input=10,output=10,rps=1,concurrency=1', 'Keep one.'],
    ['--load', 'input=10,rps=1', 'Add input=N and output=N (tokens).'],
    ['--speculative', 'eagle:0', 'as mtp:2:0.8.'],
    ['--speculative', 'foo:3', 'Known: ngram, '],
    ['--speculative', 'mtp:2:7', 'not a number from 0 to 1.'],
  ])('says of %s %s what to change', async (flag, value, said) => {
    const { status, err } = await run([
      ...['design', 'fit', '--model', 'Qwen/Qwen2.5-7B-Instruct', '--gpu', 'H100'],
      ...[flag, value],
    ])
    expect(status).toBe(2)
    expect(err).toContain(said)
  })

  it('predicts speed for a load, and reads every flag', async () => {
    const flags =
      '--model Llama-3.1-8B --gpu 2xH100 --tp 2 --pp 1 --ep 1 --dp 1 --dcp 1 --engine vllm --quantization fp8 --kv-dtype fp8 --max-num-seqs 64 --max-num-batched-tokens 4096 --gpu-memory-gib 79.1 --speculative eagle3:3:0.7 --max-model-len 16K --engine-version 0.10.1.1'
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
    ['--model mistral --gpu H100', /Did you mean .*Small-3\.2\S+, .*7B-Instruct-v0\.3 or .*Nemo\S+\?/],
    ['--model gpt-oss --gpu H100', /Did you mean openai\/gpt-oss-20b or openai\/gpt-oss-120b\?/],
    ['--model /dev/zero --gpu H100', /not a file/],
    ['--model /tmp --gpu H100', /not a file/],
    ['--model Llama-3.1-8B --gpu H100 --speculative wizard:3', /wizard/],
    ['--model Llama-3.1-8B --gpu H100 --speculative eagel3:3', /eagle3\?/],
    ['--model Llama-3.1-8B --gpu H10O', /H10O/],
    ['--model Llama-3.1-8B --gpu H100 --engine vlm', /Did you mean vllm/],
    ['--model Llama-3.1-8B --gpu H100 --quantization aqw', /Did you mean awq/],
    ['--model Llama-3.1-8B --gpu H100 --kv-dtype fp9', /Did you mean fp8/],
    ['--model Llama-3.1-8B --gpu H100 --tp zero', /tp/],
    ['--model Llama-3.1-8B --gpu H100 --gpu-memory-utilization 1.2', /--gpu-memory-utilization.*0\.01-1/],
    ['--model Llama-3.1-8B --gpu H100 --load input=10', /output/],
    ['--model Llama-3.1-8B --gpu H100 --speculative mtp', /METHOD:TOKENS/],
    ['--model gpt-4o --gpu H100', /behind an API alone/],
    ['--model Llama-3.1-8B --gpu i9-13900K', /Add --gpu-memory-gib/],
    ['--model Llama-3.1-8B --gpu A100-MIG', /which slice.*Add --gpu-memory-gib/],
    ['--model Llama-3.1-8B --gpu H100 --max-model-len 1.5K', /--max-model-len: "1.5K"/],
    ['--model Llama-3.1-8B --gpu H100 --quantization q2_k', /Known: auto, bf16, .*q4_k_m/],
    ['--gpu H100', /--model is missing/],
    ['--model Llama-3.1-8B', /--gpu is missing/],
    ['--model Llama-3.1-8B --gpu H100 --engine-version banana', /--engine-version: "banana".*0\.28\.0/],
    ['--model Llama-3.1-8B --gpu H100 --engine sglang --engine-version latest', /"latest".*0\.5\.10/],
    ['--model Llama-3.1-8B --gpu H100 --enforce-eager maybe', /maybe|too many/i],
    ['--model Llama-3.1-8B --gpu H100 --tp 2 --tp 4', /--tp is given twice: "2" and "4"/],
    ['--model Llama-3.1-8B --model Qwen3-8B --gpu H100', /--model is given twice/],
    ['--model Llama-3.1-8B --gpu 4xL40S --count 2', /--gpu names 4 .*--count says 2/],
    ['--model Llama-3.1-8B --gpu H100 --max-model-len 1e9', /--max-model-len: "1e9"/],
    ['--model Llama-3.1-8B --gpu H100 --max-model-len 1000000000', /--max-model-len.*1-100000000/],
    ['--model Llama-3.1-8B --gpu H100 --max-num-seqs 1e12', /--max-num-seqs/],
    ['--model Llama-3.1-8B --gpu H100 --ep banana', /--ep: "banana"/],
    ['--model Qwen3-30B-A3B --gpu H100 --tp 2 --ep 8', /--ep: "8".*1-2/],
    [
      '--model Llama-3.1-8B --gpu H100 --load input=100,output=10,concurrency=1,prefix=101',
      /--load: a prefix of 101/,
    ],
    [
      '--model Llama-3.1-8B --gpu H100 --load input=1e12,output=10,concurrency=1',
      /--load: input=1e12 .*100000000/,
    ],
    [
      '--model Llama-3.1-8B --gpu H100 --load input=10,isl=20,output=10,concurrency=1',
      /--load: input is given twice/,
    ],
    ['--model Llama-3.1-8B --gpu H100 --load inptu=10,output=10,concurrency=1', /Did you mean input/],
    [
      '--model Llama-3.1-8B --gpu H100 --load input=0.5,output=10,concurrency=1',
      /input=0\.5 is not a whole number/,
    ],
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

  it('takes GGUF files as llama.cpp and Ollama name them, over cards by layers', async () => {
    const on = async (model: string, more = '') =>
      (await ask(`--model ${model} --gpu 2x3090 --engine llama.cpp${more}`.split(' '))).answer
    const byTag = await on('llama3.1:70b-instruct-q4_K_M')
    expect(byTag).toMatchObject({ fits: true, settings: { tensorParallel: 1, pipelineParallel: 2 } })
    expect((await on('unsloth/Llama-3.1-70B-Instruct-GGUF:Q4_K_M')).weightsGiBPerGpu).toBe(
      byTag.weightsGiBPerGpu,
    )
    const untold = await on('llama3.1:70b')
    expect(untold.fits).toBe(false)
    expect(untold.warnings.map(({ code }) => code)).toContain('cli.fit-wide-gguf')
    expect(await on('llama3.1:70b', ' --quantization awq')).toMatchObject({ limitedBy: 'precision' })
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
    expect(results[4]?.predicted?.tpotMs?.value).toBeGreaterThan(0)
    expect(results[1]?.kvCacheTokens).toBeGreaterThan(2 * (results[0]?.kvCacheTokens ?? 0))
  })

  it('refuses flags beside a file, fields under two spellings, and what is neither yes nor no', async () => {
    const base = { model: 'Llama-3.1-8B', gpu: 'H100', maxModelLen: 8192 }
    const cases = [
      { ...base, tp: 2, tensor_parallel_size: 4 },
      { ...base, tp: 1, tensorParallel: 1 },
      { ...base, enforceEager: 'maybe' },
      { ...base, enforceEager: 'yes' },
      { ...base, engineVersion: 0.1 },
      { ...base, gpu_memory_utilization: 2 },
      { ...base, gpu: '4x H100', gpuCount: 2 },
    ]
    const path = file('slips.jsonl', cases.map((one) => JSON.stringify(one)).join('\n'))
    const { out } = await run(['design', 'fit', '--json', '--file', path])
    const results = JSON.parse(out) as {
      readonly fits?: boolean
      readonly error?: { readonly message: string }
    }[]
    const messages = results.map(({ error }) => error?.message ?? '')
    expect(messages[0]).toMatch(/tp and tensor_parallel_size are the same field.*2 and 4/)
    expect(messages[1]).toBe('')
    expect(messages[2]).toMatch(/enforceEager: "maybe"/)
    expect(results[3]?.fits).toBe(true)
    expect(messages[4]).toMatch(/engineVersion: 0\.1 is a number/)
    expect(messages[5]).toMatch(/gpu_memory_utilization: "2"/)
    expect(messages[6]).toMatch(/gpu names 4 .*gpuCount says 2/)
    const beside = await run(['design', 'fit', '--file', path, '--model', 'Qwen3-8B', '--enforce-eager'])
    expect(beside.status).toBe(2)
    expect(beside.err).toMatch(/--model, --enforce-eager|--enforce-eager, --model/)
  })

  it('exits 1 for a load that no request can have, and tells no speed of it', async () => {
    const flags = '--model Llama-3.1-8B --gpu H100 --max-model-len 1k --load'.split(' ')
    const { status, answer } = await ask([...flags, 'input=1000,output=200,concurrency=8'])
    expect(status).toBe(1)
    expect(answer.settings.maxModelLen).toBe(1000)
    expect(answer).toMatchObject({ fits: false, limitedBy: 'max-model-len', predicted: null })
    const { out } = await run(['design', 'fit', ...flags, 'input=500,output=1,concurrency=8'])
    expect(out).toMatch(/TPOT ms +–/)
  })

  it('knows the method of 4-bit weights by the name of the format or the checkpoint', async () => {
    const on = async (flags: string) =>
      (await ask(`${flags} --gpu V100 --max-model-len 4096`.split(' '))).answer
    expect((await on('--model Qwen2.5-7B-Instruct-AWQ --engine-version 0.9.2')).limitedBy).toBe('precision')
    expect((await on('--model Qwen2.5-7B-Instruct --quantization awq')).limitedBy).toBe('precision')
    expect((await on('--model Qwen2.5-7B-Instruct --quantization gptq')).fits).toBe(true)
    const cache = '--model Qwen2.5-7B-Instruct --quantization gptq --engine-version 0.16.0 --kv-dtype'
    expect((await on(`${cache} fp8_e5m2`)).fits).toBe(true)
    expect((await on(`${cache} fp8`)).limitedBy).toBe('precision')
  })

  it('lets a tuned model read more than its base where that is asked, and knows the revisions that do', async () => {
    const on = async (model: string) =>
      (await ask(`--model ${model} --gpu H200 --count 4 --max-model-len 200000`.split(' '))).answer
    const codes = ({ warnings }: FitAnswer) => warnings.map(({ code }) => code)
    expect((await on('Qwen/Qwen3-32B')).limitedBy).toBe('context')
    const tuned = await on('somebody/Qwen3-32B-tuned')
    expect(tuned.fits).toBe(true)
    expect(codes(tuned)).toContain('cli.fit-family-context')
    const revision = await on('Qwen/Qwen3-4B-Instruct-2507')
    expect(revision).toMatchObject({ fits: true })
    expect(codes(revision)).not.toContain('cli.fit-family-context')
    // 57B is no 2.5-7B.
    expect((await ask('--model Qwen/Qwen2-57B-A14B-Instruct --gpu H200'.split(' '))).status).toBe(2)
    // 2,560 / 8 = 320: every fp8 build of this publisher is in blocks of 128.
    const coder = '--model Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8 --gpu H200 --max-model-len 8192 --count'
    expect((await ask(`${coder} 8`.split(' '))).answer.limitedBy).toBe('layout')
    expect((await ask(`${coder} 8 --ep true`.split(' '))).answer.fits).toBe(true)
    // 1,536 / 4 = 384: no block is cut.
    expect((await on('Qwen/Qwen3-235B-A22B-Instruct-2507-FP8')).fits).toBe(true)
  })

  it('says it in words, in both languages', async () => {
    const flags = 'design fit --model Llama-3.1-8B --gpu H100 --max-model-len 8192'.split(' ')
    const english = await run(flags)
    const chinese = await run(flags, 'zh-TW')
    expect(english.out).toMatch(/It fits/)
    expect(chinese.out).toMatch(/放得下/)
    const noRelease = await run([...flags, '--engine-version', 'banana'], 'zh-TW')
    expect(noRelease.err).toContain('請寫成 0.28.0（舊引擎為 0.8.5 V0）。')
    const uneven = await run([...flags.with(5, '7xL4').with(3, 'Qwen2.5-7B-Instruct'), '--tp', '5'], 'zh-TW')
    expect(uneven.out).toMatch(/請改用 --tp 4。/)
    const load = ['--load', 'input=500,output=100,concurrency=8']
    const withLoad = await run([...flags, ...load, '--engine', 'tgi'], 'zh-TW')
    const short = await run([...flags.with(-1, '800'), ...load.with(1, 'input=900,output=1,rps=1')], 'zh-TW')
    // What is left beside names, units and flags is Chinese.
    const names =
      /meta-llama\/[\w.-]+|H100 SXM 80 GB|GiB|CUDA|KV|vllm|tgi|MLA|max-[a-z-]+|--[a-z-]+|design calibrate| x /g
    for (const { out } of [chinese, withLoad, short]) expect(out.replace(names, '')).not.toMatch(/[a-z]{3,}/i)
  })

  it('says in words what is missing, and no part of a request and no cache where nothing fits', async () => {
    const far = '--model deepseek-ai/DeepSeek-R1 --gpu 4090'.split(' ')
    const uneven = '--model Llama-3.1-8B --gpu H100 --count 3'.split(' ')
    const both = async (flags: readonly string[]) => [
      (await run(['design', 'fit', ...flags])).out,
      (await run(['design', 'fit', ...flags], 'zh-TW')).out,
    ]
    const [english = '', chinese = ''] = await both(far)
    expect(english).toMatch(/does not fit \(weights, \d+ GiB short\)/)
    expect(chinese).toMatch(/放不下（權重，缺 \d+ GiB）/)
    for (const out of [english, chinese]) expect(out).not.toMatch(/-\d|KV| 0\.0| 0 /)
    for (const out of await both(uneven)) {
      expect(out).toContain('--tp 2')
      expect(out).not.toMatch(/KV|GiB/)
    }
    const [long = ''] = await both('--model Llama-3.1-8B --gpu L4'.split(' '))
    expect(long).toMatch(/less than one request of 131,072 tokens; longest that fits: [\d,]+\./)
    const lines = [far, uneven].map((flags) =>
      JSON.stringify({ model: flags[1], gpu: flags[3], count: flags[5] }),
    )
    const table = await run(['design', 'fit', '--file', file('short.jsonl', lines.join('\n'))])
    expect(table.out).toMatch(/weights +[\d.]+ short +– +–\n/)
    expect(table.out).toMatch(/layout +– +– +–/)
  })
})

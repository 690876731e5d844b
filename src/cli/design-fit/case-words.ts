// Words of a case that stand for a choice: engine, format, cache type. Knows no numbers.

import type { EngineName, Precision } from '../../catalog/index.js'
import type { FitRequest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { didYouMean } from '../did-you-mean.js'
import { cliError } from '../messages.js'

type Text = CommandContext['text']

const engines: Readonly<Record<string, EngineName>> = {
  vllm: 'vllm',
  sglang: 'sglang',
  trtllm: 'trtllm',
  tensorrtllm: 'trtllm',
  triton: 'trtllm',
  tgi: 'tgi',
  textgenerationinference: 'tgi',
  llamacpp: 'llama.cpp',
  llamaserver: 'llama.cpp',
  ollama: 'llama.cpp',
}

/** `auto` = as the checkpoint is published. */
const precisions: Readonly<Record<string, Precision | 'auto'>> = {
  auto: 'auto',
  none: 'auto',
  bf16: 'bf16',
  bfloat16: 'bf16',
  fp16: 'bf16',
  float16: 'bf16',
  half: 'bf16',
  f16: 'bf16',
  fp8: 'fp8',
  fp8dynamic: 'fp8',
  fp8static: 'fp8',
  fp8block: 'fp8',
  w8a8fp8: 'fp8',
  modelopt: 'fp8',
  int8: 'int8',
  w8a8: 'int8',
  quantizedw8a8: 'int8',
  gptqint8: 'int8',
  int4: 'int4',
  w4a16: 'int4',
  quantizedw4a16: 'int4',
  awq: 'int4',
  awqmarlin: 'int4',
  awqint4: 'int4',
  gptq: 'int4',
  gptqmarlin: 'int4',
  gptqint4: 'int4',
  autoround: 'int4',
  bitsandbytes: 'int4',
  bnb4bit: 'int4',
  nf4: 'int4',
  '4bit': 'int4',
  '8bit': 'int8',
  nvfp4: 'nvfp4',
  fp4: 'nvfp4',
  modeloptfp4: 'nvfp4',
  mxfp4: 'mxfp4',
  compressedtensors: 'auto',
}

const kvDtypes: Readonly<Record<string, FitRequest['kvDtype']>> = {
  auto: 'auto',
  bf16: 'bf16',
  bfloat16: 'bf16',
  fp16: 'bf16',
  f16: 'bf16',
  float16: 'bf16',
  fp8: 'fp8',
  fp8e4m3: 'fp8',
  fp8e5m2: 'fp8',
  fp8e4m3fn: 'fp8',
  int8: 'fp8',
  q80: 'q8_0',
  fp8dsmla: 'fp8_ds_mla',
  nvfp4: 'nvfp4',
  fp4e2m1: 'nvfp4',
  q40: 'q4_0',
}

/** Types of GGUF files that are known. */
export const ggufTypes = ['q8_0', 'q6_k', 'q5_k_m', 'q4_k_m', 'iq4_xs', 'q4_0', 'q3_k_m'] as const

/** As people mostly write them. */
const formats = ['auto', 'bf16', 'fp8', 'int8', 'awq', 'gptq', 'nvfp4', 'mxfp4'] as const

const plain = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, '')

/** A word of a case and how its field is called there. */
interface Written {
  readonly word: string | undefined
  readonly name: string
}

export const engineWord = ({ word, name }: Written, text: Text): EngineName =>
  word === undefined
    ? 'vllm'
    : choose(word, engines, { what: name, shown: [...new Set(Object.values(engines))], text })

export const precisionWord = ({ word, name }: Written, text: Text): Precision | 'auto' => {
  if (word === undefined) return 'auto'
  const gguf = ggufTypes.find((known) => plain(known) === plain(word))
  return gguf ?? choose(word, precisions, { what: name, shown: [...formats, ...ggufTypes], text })
}

/** How 4-bit weights were made, where a format or a checkpoint's name says it. */
export const methodOf = (...words: readonly (string | undefined)[]): 'awq' | 'gptq' | undefined => {
  const said = words.flatMap((word) => /awq|gptq/i.exec(word ?? '')?.[0].toLowerCase() ?? [])[0]
  return said === 'awq' || said === 'gptq' ? said : undefined
}

/** The format that a checkpoint's name ends with: `-AWQ`, `-FP8-dynamic`, `-quantized.w4a16`. */
export const precisionOfSuffix = (suffix: string): Precision | 'auto' | undefined =>
  ggufTypes.find((name) => plain(name) === plain(suffix)) ?? precisions[plain(suffix)]

export const kvDtypeWord = ({ word, name }: Written, text: Text): FitRequest['kvDtype'] =>
  word === undefined
    ? 'auto'
    : choose(word, kvDtypes, { what: name, shown: [...new Set(Object.values(kvDtypes))], text })

interface Choice {
  readonly what: string
  /** Words that are shown where none is near: one for each choice. */
  readonly shown: readonly string[]
  readonly text: Text
}

const choose = <T>(written: string, words: Readonly<Record<string, T>>, { what, shown, text }: Choice): T => {
  const found = Object.hasOwn(words, plain(written)) ? words[plain(written)] : undefined
  if (found !== undefined) return found
  const near = didYouMean(plain(written), [...Object.keys(words), ...shown], text)
  throw cliError('cli.bad-argument', {
    detail: text(
      `${what}: "${written}" is not known.${near || ` Known: ${shown.join(', ')}.`}`,
      `${what}：不認得「${written}」。${near || `可用：${shown.join('、')}。`}`,
    ),
  })
}

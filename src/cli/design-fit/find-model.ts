// The model that a case names: of the catalogue, by its config.json on disk or at an address, or from its size alone.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Catalogue,
  contextOfRevision,
  furtherModel,
  lookUpFurtherModel,
  type Model,
  modelOfConfig,
  modelsOfFamily,
  normaliseName,
  type Precision,
  readConfigText,
  readFurtherModels,
  sameShape,
} from '../../catalog/index.js'
import { type Message, suggest } from '../../core/index.js'
import { modelOfSize } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { meant } from '../did-you-mean.js'
import { cliError, cliMessage } from '../messages.js'
import { precisionOfSuffix } from './case-words.js'

export interface FoundModel {
  readonly model: Model
  /** What the name says about its format: `-AWQ`, `-FP8`. */
  readonly precision: Precision | 'auto' | undefined
  readonly warnings: readonly Message[]
  /** Only the shape is that of the model it was tuned from: it may read more tokens. */
  readonly isOfFamily?: boolean
}

const mostBytes = 2 * 1024 ** 2
const timeoutMs = 10_000

/** @throws `cli.bad-argument` with the nearest name, `catalog.config-*` for a file that describes no model */
export const findModel = async (
  written: string,
  catalogue: Catalogue,
  context: CommandContext,
): Promise<FoundModel> => {
  if (/^https?:\/\//i.test(written)) return ofConfig(await download(written, context), written)
  const file = configFile(written)
  if (file !== undefined) return ofConfig(readLimited(file, context), written)
  const named = byName(written, catalogue)
  if (named) return { ...named, model: revised(named.model, written), warnings: [] }
  if (isHosted(written, catalogue)) throw hostedAlone(written, context)
  const related = ofFamily(written, catalogue)
  if (related) return related
  const lookup = catalogue.lookUpModel(written)
  const slip = mistyped(written, catalogue)
  const family = modelsOfFamily(written)
  const near = family.length > 0 ? family : (slip ?? ('suggestion' in lookup ? lookup.suggestion : undefined))
  const sized = slip === undefined ? modelOfSize(written, catalogue) : null
  if (sized) return { model: sized, precision: suffixes(written).precision, warnings: [] }
  throw cliError('cli.bad-argument', {
    detail: context.text(
      `model: "${written}" is not in the catalogue.${meant(near, context.text)} A config.json (path or address) works too.`,
      `模型：目錄中沒有「${written}」。${meant(near, context.text)}也可指定 config.json 的路徑或網址。`,
    ),
  })
}

/** Families that are behind their makers' APIs alone, whatever the revision. */
const hostedFamilies = /^(gpt-[345]|claude-|gemini-)/i

const isHosted = (written: string, { hostedModels }: Catalogue): boolean =>
  hostedFamilies.test(written.slice(written.lastIndexOf('/') + 1)) ||
  hostedModels.some(({ model, base }) => base === null && tailOf(model) === tailOf(written))

const hostedAlone = (written: string, { text }: CommandContext) =>
  cliError('cli.bad-argument', {
    detail: text(
      `model: ${written} is behind an API alone: it has no weights that could be put on a card.`,
      `模型：${written} 只透過 API 提供，沒有可放上加速器的權重。`,
    ),
  })

/** A name with the same numbers and nearly the same letters: a slip, not another model. */
const mistyped = (written: string, catalogue: Catalogue): string | undefined => {
  const alike = namesOf(catalogue).filter((name) => numbersIn(name) === numbersIn(written))
  const stems = new Map(alike.map((name) => [stemOf(name), name]))
  const stem = suggest(stemOf(written), stems.keys())
  return stem === undefined ? undefined : stems.get(stem)
}

const numbersIn = (name: string) => (name.match(/\d+(?:\.\d+)?/g) ?? []).join(' ')

/** `57` and `14` of `Qwen2-57B-A14B`. */
const sizesIn = (name: string): readonly string[] =>
  [...name.matchAll(/(\d+(?:\.\d+)?)b(?![a-z0-9])/gi)].flatMap(([, size]) => size ?? [])

const namesOf = (catalogue: Catalogue): readonly string[] =>
  [...catalogue.models, ...readFurtherModels()].flatMap(({ name, aliases }) => [name, ...aliases])

const configFile = (written: string): string | undefined => {
  const isPath = written.endsWith('.json') || written.startsWith('.') || written.startsWith('/')
  if (existsSync(written)) {
    if (!statSync(written).isDirectory()) return written
    const inside = join(written, 'config.json')
    if (existsSync(inside)) return inside
  }
  return isPath ? written : undefined
}

const readLimited = (file: string, { text }: CommandContext): string => {
  const found = statSync(file, { throwIfNoEntry: false })
  // A device or a pipe has no size, and may never end.
  if (found && !found.isFile())
    throw cliError('cli.bad-argument', {
      detail: text(`${file} is not a file. Name a config.json.`, `${file} 不是檔案。請指定 config.json。`),
    })
  if (found && found.size > mostBytes) throw tooLarge(file, text)
  return readFileSync(file, 'utf8')
}

const tooLarge = (place: string, text: CommandContext['text']) =>
  cliError('cli.bad-argument', { detail: text(`${place} is larger than 2 MiB.`, `${place} 大於 2 MiB。`) })

const download = async (address: string, { text, signal }: CommandContext): Promise<string> => {
  const raw = address.replace(/(huggingface\.co\/.+)\/blob\//, '$1/resolve/')
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const failed = (reason: string) =>
    cliError('cli.bad-argument', {
      detail: text(`${address} cannot be read: ${reason}.`, `無法讀取 ${address}：${reason}。`),
    })
  try {
    const response = await fetch(raw, { signal: limit })
    if (!response.ok) throw failed(`HTTP ${response.status}`)
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body ?? []) {
      size += part.byteLength
      if (size > mostBytes) throw tooLarge(address, text)
      parts.push(part)
    }
    return Buffer.concat(parts).toString('utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'cli.bad-argument') throw error
    throw failed(reasonOf(error, text))
  }
}

/** The system's own code where there is one: `ECONNREFUSED`. */
const reasonOf = (error: unknown, text: CommandContext['text']): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return text('no answer within 10 s', '10 秒內沒有回應')
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}

const ofConfig = (content: string, name: string): FoundModel => {
  const read = readConfigText(content, name)
  return { model: modelOfConfig(read, { name, date: '' }), precision: undefined, warnings: read.warnings }
}

const byName = (
  written: string,
  catalogue: Catalogue,
): Pick<FoundModel, 'model' | 'precision'> | undefined => {
  const direct = exactly(written, catalogue)
  if (direct) return { model: direct, precision: undefined }
  const { base, precision } = suffixes(written)
  const model = [base, base.replace(/[-_](instruct|chat|it|hf|base)$/i, ''), `${base}-Instruct`]
    .map((name) => exactly(name, catalogue))
    .find((found) => found !== undefined)
  return model && { model, precision }
}

const further = lookUpFurtherModel()

const exactly = (name: string, catalogue: Catalogue): Model | undefined => {
  const other = further(name).found
  if (other) return furtherModel(other)
  const own = catalogue.lookUpModel(name).found
  if (own) return own
  const same = Object.entries(sameShape).find(([alias]) => tailOf(alias) === tailOf(name))
  const found = same && catalogue.lookUpModel(same[1]).found
  return found && { ...found, name }
}

const tailOf = (name: string): string => {
  const normal = normaliseName(name)
  return normal.slice(normal.lastIndexOf('/') + 1)
}

/** The same shape, trained on to read more. */
const revised = (model: Model, written: string): Model => {
  const context = contextOfRevision(written)
  return context === null ? model : { ...model, maxContext: context }
}

/** A tuned model whose name carries that of its base (`Hermes-3-Llama-3.1-8B`): the longest such name. */
const ofFamily = (written: string, catalogue: Catalogue): FoundModel | undefined => {
  const name = tailOf(written)
  const known = namesOf(catalogue).map((each) => ({ each, stem: stemOf(each) }))
  // Without its dots Qwen2.5-7B would be a part of Qwen2-57B: its size must be there as it is, too.
  const sizes = new Set(sizesIn(written))
  const contained = known.filter(
    ({ each, stem }) =>
      stem.length >= 7 &&
      /\db/.test(stem) &&
      name.includes(stem) &&
      sizesIn(each).every((size) => sizes.has(size)),
  )
  const best = contained.reduce<(typeof known)[number] | undefined>(
    (longest, one) => (!longest || one.stem.length > longest.stem.length ? one : longest),
    undefined,
  )
  const model = best && exactly(best.each, catalogue)
  if (!model || !best) return undefined
  return {
    model: revised({ ...model, name: written }, written),
    precision: suffixes(written).precision,
    warnings: [cliMessage('cli.fit-family', { model: written, base: best.each })],
    isOfFamily: true,
  }
}

const stemOf = (name: string): string =>
  tailOf(name)
    .replace(/^meta(?=llama)/, '')
    .replace(/(instruct|chat|it|hf|base)+(v\d+|\d{4})?$/, '')

const suffixes = (
  written: string,
): { readonly base: string; readonly precision: Precision | 'auto' | undefined } => {
  let base = written
  let precision: Precision | 'auto' | undefined
  for (;;) {
    const found =
      /^(.+?)[-_.:](fp8[-_.]?(?:dynamic|static|block)|quantized\.w\da\d+|gptq[-_.]?int\d|awq[-_.]?int4|bnb[-_]4bit|[a-z0-9]+|q\d_k_[a-z]|q\d_\d|iq4_xs|gguf)$/i.exec(
        base,
      )
    const suffix = found?.[2]
    if (!found || suffix === undefined) return { base, precision }
    const known = precisionOfSuffix(suffix)
    if (known === undefined && !/^(gguf|dynamic)$/i.test(suffix)) return { base, precision }
    precision ??= known
    base = found[1] ?? base
  }
}

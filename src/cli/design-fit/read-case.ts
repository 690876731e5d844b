// One case of `design fit` as the planner's request: names looked up, numbers checked, what is missing filled in.

import { type Catalogue, type Model, type Precision, weightBlockOf } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import { type CardLookup, type FitRequest, findCard } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { meant } from '../did-you-mean.js'
import { cliError, cliMessage } from '../messages.js'
import {
  type CaseFields,
  caseFields,
  type Field,
  flagField,
  numberField,
  type Origin,
  type Raw,
  textField,
} from './case-fields.js'
import { layoutOf } from './case-layout.js'
import { readLoad, readSpeculation } from './case-load.js'
import { engineWord, ggufTypes, kvDtypeWord, methodOf, precisionWord } from './case-words.js'
import { engineVersionWord } from './engine-version-word.js'
import { type FoundModel, findModel } from './find-model.js'

export interface ReadCase {
  readonly request: FitRequest
  readonly warnings: readonly Message[]
}

/** More tokens, bytes and adapters than any deployment has; what is larger is a slip. */
const most = { tokens: 100_000_000, sequences: 1_000_000, bytes: 2 ** 53 - 1, adapters: 100_000 } as const

/** @throws `cli.bad-argument`, `catalog.config-*` */
export const readCase = async (
  raw: Raw,
  catalogue: Catalogue,
  context: CommandContext,
  origin: Origin = 'flags',
): Promise<ReadCase> => {
  const { text } = context
  const fields = caseFields(raw, origin, text)
  const written = (field: Field) => ({ word: textField(fields, field, text), name: fields.name(field) })
  const whole = (field: Field, largest: number) =>
    numberField(fields, field, text, { least: 1, most: largest })
  const found = await findModel(required(fields, 'model', { origin, text }), catalogue, context)
  const memoryGiB = numberField(fields, 'gpumemorygib', text, { least: 0.5, most: 4096, whole: false })
  const named = findCard(required(fields, 'gpu', { origin, text }), catalogue, memoryGiB)
  if (kindsOfCard(fields, catalogue) > 1) throw severalCards(fields, text)
  if (!named.found) throw unknownCard(fields, named, text)
  const format = written('quantization')
  const asked = format.word === undefined ? (found.precision ?? 'auto') : precisionWord(format, text)
  const engine = engineWord(written('engine'), text)
  const loras = numberField(fields, 'maxloras', text, { least: 0, most: most.adapters })
  const method = methodOf(format.word, found.model.name, String(fields.values.get('model')))
  const weightBlock = weightBlockOf(String(fields.values.get('model')))
  const cache = written('kvdtype')
  const maxModelLen = whole('maxmodellen', most.tokens) ?? null
  const { model, warning } = readerOf(found, maxModelLen)
  const request: FitRequest = {
    model,
    precision: asked === 'auto' ? found.model.precision : asked,
    ...(method ? { method } : {}),
    ...(weightBlock === null ? {} : { weightBlock }),
    card: named.found,
    ...layoutOf(fields, { multiple: named.multiple, engine, text }),
    engine,
    engineVersion: engineVersionWord(
      { ...written('engineversion'), isNumber: typeof fields.values.get('engineversion') === 'number' },
      engine,
      text,
    ),
    kvDtype: kvDtypeWord(cache, text),
    ...(/e5m2/i.test(cache.word ?? '') ? { kvFp8: 'e5m2' as const } : {}),
    maxModelLen,
    gpuMemoryUtilization: numberField(fields, 'gpumemoryutilization', text, {
      least: 0.01,
      most: 1,
      whole: false,
    }),
    maxNumSeqs: whole('maxnumseqs', most.sequences),
    maxNumBatchedTokens: whole('maxnumbatchedtokens', most.tokens),
    chunkedPrefill: flagField(fields, 'enablechunkedprefill', text),
    enforceEager: flagField(fields, 'enforceeager', text) ?? false,
    prefixCaching: flagField(fields, 'noenableprefixcaching', text)
      ? false
      : (flagField(fields, 'enableprefixcaching', text) ?? true),
    languageModelOnly: flagField(fields, 'languagemodelonly', text) ?? false,
    kvCacheMemoryBytes: whole('kvcachememorybytes', most.bytes),
    blockSize: whole('blocksize', 65_536),
    adapters: loras ? { count: loras, rank: whole('maxlorarank', 65_536) ?? 16 } : null,
    speculation: readSpeculation(fields.values.get('speculative'), fields.name('speculative'), text),
    load: readLoad(fields.values.get('load'), fields.name('load'), text),
  }
  return {
    request,
    warnings: [
      ...found.warnings,
      ...warning,
      ...unknownFields(fields),
      ...formatContradiction(found.model, asked),
      ...wideGguf(request, format.word ?? found.precision),
    ],
  }
}

/** What was tuned from a model may read more than it: only what is asked says how much. */
const readerOf = ({ model, isOfFamily }: FoundModel, asked: number | null) => {
  const { maxContext, name } = model
  if (!isOfFamily || asked === null || maxContext === null || asked <= maxContext)
    return { model, warning: [] }
  return {
    model: { ...model, maxContext: asked },
    warning: [cliMessage('cli.fit-family-context', { model: name, asked, context: maxContext })],
  }
}

const required = (
  fields: CaseFields,
  field: 'model' | 'gpu',
  { origin, text }: { readonly origin: Origin; readonly text: CommandContext['text'] },
): string => {
  const value = textField(fields, field, text)
  if (value !== undefined && value.trim() !== '') return value
  const name = origin === 'flags' ? `--${field}` : field
  throw cliError('cli.bad-argument', { detail: text(`${name} is missing.`, `缺少 ${name}。`) })
}

/** How many cards a list in one name holds: `H100, A100` has two, `H100, 80 GB` one. */
const kindsOfCard = (fields: CaseFields, catalogue: Catalogue): number =>
  String(fields.values.get('gpu'))
    .split(/[,;+&]|\band\b/i)
    .filter((part) => findCard(part.trim(), catalogue).found !== undefined).length

const severalCards = (fields: CaseFields, text: CommandContext['text']) => {
  const [name, written] = [fields.name('gpu'), String(fields.values.get('gpu'))]
  return cliError('cli.bad-argument', {
    detail: text(
      `${name}: "${written}" names more than one card. Name one kind, as 4xL40S, and ask once for each.`,
      `${name}：「${written}」指名了不只一種加速器。請只寫一種（例如 4xL40S），並分別詢問。`,
    ),
  })
}

/** Why a card's name does not say its memory. */
const memoryUnknown = {
  machine: (card: string) => ({
    en: `the memory of ${card} is that of its machine`,
    'zh-TW': `${card} 的記憶體就是主機的記憶體`,
  }),
  laptop: (card: string) => ({
    en: `${card} is a laptop card, whose memory is not that of the desktop card and is not known here`,
    'zh-TW': `${card} 是筆電顯示卡，其記憶體與桌上型不同，此處並無資料`,
  }),
  slice: (card: string) => ({
    en: `${card} does not say which slice it is (as MIG 1g.10gb does)`,
    'zh-TW': `${card} 沒有說明是哪種分割（例如 MIG 1g.10gb）`,
  }),
} as const

const unknownCard = (
  fields: CaseFields,
  { suggestion, lacksMemory, lacksMemoryOf = 'machine' }: Exclude<CardLookup, { readonly multiple: number }>,
  text: CommandContext['text'],
) => {
  const [name, written] = [fields.name('gpu'), String(fields.values.get('gpu'))]
  if (lacksMemory !== undefined) {
    const field = name.startsWith('--') ? '--gpu-memory-gib' : 'gpuMemoryGib'
    const why = memoryUnknown[lacksMemoryOf](lacksMemory)
    return cliError('cli.bad-argument', {
      detail: text(`${name}: ${why.en}. Add ${field}.`, `${name}：${why['zh-TW']}。請加上 ${field}。`),
    })
  }
  return cliError('cli.bad-argument', {
    detail: text(
      `${name}: "${written}" is not known.${meant(suggestion, text)}`,
      `${name}：不認得「${written}」。${meant(suggestion, text)}`,
    ),
  })
}

const unknownFields = ({ unknown }: CaseFields): readonly Message[] =>
  unknown.map(({ field, suggestion }) => cliMessage('cli.fit-unknown-field', { field, suggestion }))

/** A file of llama.cpp that nothing says the type of is counted as the model was published. */
const wideGguf = ({ engine, model, precision }: FitRequest, said: string | undefined): readonly Message[] =>
  engine === 'llama.cpp' && precision === 'bf16' && said === undefined
    ? [cliMessage('cli.fit-wide-gguf', { model: model.name, types: ggufTypes })]
    : []

/** A checkpoint that is stored in few bits cannot be loaded in more. */
const formatContradiction = (model: Model, asked: Precision | 'auto'): readonly Message[] =>
  asked !== 'auto' && asked !== model.precision && model.precision !== 'bf16'
    ? [cliMessage('cli.fit-format', { model: model.name, stored: model.precision, asked })]
    : []

// One case of `design fit` as the planner's request: names looked up, numbers checked, what is missing filled in.

import type { Catalogue, Model, Precision } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import { type FitRequest, findCard } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { cliError, cliMessage } from '../messages.js'
import { type CaseFields, caseFields, flagField, numberField, type Raw, textField } from './case-fields.js'
import { readLoad, readSpeculation } from './case-load.js'
import { engineWord, kvDtypeWord, precisionWord } from './case-words.js'
import { findModel } from './find-model.js'

export interface ReadCase {
  readonly request: FitRequest
  readonly warnings: readonly Message[]
}

/** @throws `cli.bad-argument`, `catalog.config-*` */
export const readCase = async (
  raw: Raw,
  catalogue: Catalogue,
  context: CommandContext,
): Promise<ReadCase> => {
  const { text } = context
  const fields = caseFields(raw)
  const found = await findModel(required(fields, 'model', text), catalogue, context)
  const named = findCard(required(fields, 'gpu', text), catalogue)
  if (!named.found) throw unknownCard(String(fields.values.get('gpu')), named.suggestion, text)
  const whole = (field: Parameters<typeof numberField>[1]) => numberField(fields, field, text, { least: 1 })
  const memoryGiB = numberField(fields, 'gpumemorygib', text, { least: 0.5, most: 4096, whole: false })
  const written = textField(fields, 'quantization')
  const asked = written === undefined ? (found.precision ?? 'auto') : precisionWord(written, text)
  const layout = layoutOf(fields, named.multiple, text)
  const loras = numberField(fields, 'maxloras', text, { least: 0 })
  const request: FitRequest = {
    model: found.model,
    precision: asked === 'auto' ? found.model.precision : asked,
    card: memoryGiB === undefined ? named.found : { ...named.found, memoryGiB, memoryFrom: 'given' },
    ...layout,
    engine: engineWord(textField(fields, 'engine'), text),
    engineVersion: textField(fields, 'engineversion'),
    kvDtype: kvDtypeWord(textField(fields, 'kvdtype'), text),
    maxModelLen: whole('maxmodellen') ?? null,
    gpuMemoryUtilization: numberField(fields, 'gpumemoryutilization', text, {
      least: 0.01,
      most: 1,
      whole: false,
    }),
    maxNumSeqs: whole('maxnumseqs'),
    maxNumBatchedTokens: whole('maxnumbatchedtokens'),
    chunkedPrefill: flagField(fields, 'enablechunkedprefill'),
    enforceEager: flagField(fields, 'enforceeager') ?? false,
    prefixCaching: flagField(fields, 'noenableprefixcaching')
      ? false
      : (flagField(fields, 'enableprefixcaching') ?? true),
    languageModelOnly: flagField(fields, 'languagemodelonly') ?? false,
    kvCacheMemoryBytes: whole('kvcachememorybytes'),
    blockSize: whole('blocksize'),
    adapters: loras ? { count: loras, rank: whole('maxlorarank') ?? 16 } : null,
    speculation: readSpeculation(fields.values.get('speculative'), text),
    load: readLoad(fields.values.get('load'), text),
  }
  return {
    request,
    warnings: [...found.warnings, ...unknownFields(fields), ...formatContradiction(found.model, asked)],
  }
}

const required = (fields: CaseFields, field: 'model' | 'gpu', text: CommandContext['text']): string => {
  const value = textField(fields, field)
  if (value !== undefined && value !== '') return value
  throw cliError('cli.bad-argument', { detail: text(`--${field} is missing.`, `缺少 --${field}。`) })
}

const unknownCard = (written: string, suggestion: string | null, text: CommandContext['text']) =>
  cliError('cli.bad-argument', {
    detail: text(
      `gpu: "${written}" is not known.${suggestion ? ` Did you mean ${suggestion}?` : ''}`,
      `gpu：不認得「${written}」。${suggestion ? `您是指 ${suggestion} 嗎？` : ''}`,
    ),
  })

/** Tensor parallelism over all accelerators unless something else is said. */
const layoutOf = (fields: CaseFields, multiple: number, text: CommandContext['text']) => {
  const whole = (field: Parameters<typeof numberField>[1]) => numberField(fields, field, text, { least: 1 })
  const [tp, pp, dp] = [whole('tp'), whole('pp') ?? 1, whole('dp') ?? 1]
  const count = whole('count') ?? (multiple > 1 ? multiple : (tp ?? 1) * pp * dp)
  const ep = fields.values.get('ep')
  return {
    count,
    tensorParallel: tp ?? Math.max(1, Math.floor(count / (pp * dp))),
    pipelineParallel: pp,
    dataParallel: dp,
    expertParallel:
      typeof ep === 'boolean'
        ? ep
        : ep !== undefined && Number(ep) !== 1 && !/^(false|no|0)$/i.test(String(ep)),
    decodeContextParallel: whole('dcp') ?? 1,
  }
}

const unknownFields = ({ unknown }: CaseFields): readonly Message[] =>
  unknown.map(({ field, suggestion }) => cliMessage('cli.fit-unknown-field', { field, suggestion }))

/** A checkpoint that is stored in few bits cannot be loaded in more. */
const formatContradiction = (model: Model, asked: Precision | 'auto'): readonly Message[] =>
  asked !== 'auto' && asked !== model.precision && model.precision !== 'bf16'
    ? [cliMessage('cli.fit-format', { model: model.name, stored: model.precision, asked })]
    : []

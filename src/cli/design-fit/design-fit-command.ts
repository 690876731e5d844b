// `design fit`: does it fit, how far, how fast? One case from flags, or many from a file, one JSON object a line.

import type { Command } from 'commander'
import { type Catalogue, loadCatalogue } from '../../catalog/index.js'
import { toArchitectError } from '../../core/index.js'
import { fitModel } from '../../planner/index.js'
import { withLoadTests } from '../calibration/with-load-tests.js'
import type { CommandContext } from '../command-context.js'
import { describeFailure } from '../describe-failure.js'
import { cliError } from '../messages.js'
import { onceOption } from '../once-option.js'
import { readTextFile } from '../read-text-file.js'
import type { Raw } from './case-fields.js'
import type { Answered, Result } from './fit-result.js'
import { fitTable } from './fit-table.js'
import { fitText } from './fit-text.js'
import { type ReadCase, readCase } from './read-case.js'

/** Adds `fit` beside the other commands of `design`. */
export const registerDesignFit = (design: Command, context: CommandContext): void => {
  const { text } = context
  const command = design
    .command('fit')
    .description(
      text(
        'Say whether a model fits on given accelerators, how long a request may be, how many run, and how fast',
        '判斷模型能否放進指定加速器、請求可多長、可同時執行幾個、速度如何',
      ),
    )
    .option('--enforce-eager', text('no CUDA graphs', '不使用 CUDA 圖'))
    .option('--enable-chunked-prefill', text('prompts in chunks', '分塊預填'))
    .option('--no-enable-prefix-caching', text('no prefix cache', '不使用前綴快取'))
    .option('--language-model-only', text('without the vision tower', '不載入視覺塔'))
  for (const [flag, en, zhTW] of valueFlags) command.option(flag, text(en, zhTW), onceOption(flag, text))
  command.action(async (_options: unknown, self: Command) => {
    const options = self.opts() as Raw & { readonly file?: string }
    const catalogue = loadCatalogue()
    if (options.file !== undefined) {
      refuseBesideFile(self, text)
      return answerFile(options.file, catalogue, context)
    }
    const { enablePrefixCaching, ...rest } = options
    const raw = {
      ...(enablePrefixCaching === false ? { ...rest, enablePrefixCaching } : rest),
      json: undefined,
      lang: undefined,
    }
    const answered = await answer(await readCase(raw, catalogue, context), context)
    context.terminal().result(answered.json, () => answered.text)
    context.exitWith(answered.json.fits ? 0 : 1)
  })
}

/** Cases of a file are whole: flags beside it would be taken for all of them, or for none. */
const refuseBesideFile = (command: Command, text: CommandContext['text']): void => {
  const others = command.options
    .filter(
      (option) =>
        !['file', 'json', 'lang'].includes(option.attributeName()) &&
        command.getOptionValueSource(option.attributeName()) === 'cli',
    )
    .map(({ long }) => long)
  if (others.length === 0) return
  throw cliError('cli.bad-argument', {
    detail: text(
      `--file answers the cases as they stand in it; ${others.join(', ')} beside it would be ignored. Write them into the file, or leave --file out.`,
      `--file 依檔案內容回答各案例；同時給的 ${others.join('、')} 會被忽略。請寫進檔案，或不要用 --file。`,
    ),
  })
}

const valueFlags = [
  [
    '--model <name>',
    'catalogue name, path or address of a config.json',
    '目錄名稱，或 config.json 的路徑或網址',
  ],
  ['--gpu <name>', 'accelerator, as the driver or people call it', '加速器名稱'],
  [
    '--file <cases>',
    'JSON Lines, one case a line, fields named as the flags',
    'JSON Lines 檔，每列一個案例，欄位同旗標',
  ],
  ['--count <n>', 'accelerators in all', '加速器總數'],
  ['--gpu-memory-gib <gib>', 'memory as the driver reports it', '驅動程式回報的記憶體'],
  ['--engine <name>', 'vllm, sglang, trtllm, tgi, llama.cpp', 'vllm、sglang、trtllm、tgi、llama.cpp'],
  ['--engine-version <v>', 'release of the engine', '引擎版本'],
  ['--quantization <q>', 'bf16, fp8, int8, awq, gptq, nvfp4, mxfp4, q4_k_m, ...', '權重格式'],
  ['--kv-dtype <d>', 'auto, bf16, fp8, nvfp4, fp8_ds_mla', 'KV 快取型別'],
  ['--tp <n>', 'tensor parallelism', '張量平行'],
  ['--pp <n>', 'pipeline stages', '管線階段'],
  ['--ep <n>', 'experts whole on each accelerator', '專家平行'],
  ['--dp <n>', 'data-parallel groups', '資料平行'],
  ['--dcp <n>', 'decode context parallelism', '解碼上下文平行'],
  ['--max-model-len <n>', 'longest request', '最長請求'],
  ['--gpu-memory-utilization <x>', 'share of the memory', '記憶體使用比例'],
  ['--max-num-seqs <n>', 'sequences of a step', '每步序列數'],
  ['--max-num-batched-tokens <n>', 'tokens of a step', '每步詞元數'],
  ['--speculative <spec>', 'METHOD:TOKENS[:ACCEPTANCE]', '推測解碼：方法:詞元數[:接受率]'],
  ['--load <load>', 'input=N,output=N,concurrency=N|rps=X[,prefix=N]', '負載'],
  ['--block-size <n>', 'tokens of a cache block', '快取區塊詞元數'],
  ['--kv-cache-memory-bytes <n>', 'fixed size of the cache', '固定快取大小'],
  ['--max-loras <n>', 'adapters kept ready', '常駐轉接器數'],
  ['--max-lora-rank <n>', 'their rank', '轉接器的秩'],
] as const

const answer = async ({ request, warnings }: ReadCase, context: CommandContext): Promise<Answered> => {
  const fit = fitModel(await withLoadTests(request))
  const terminal = context.terminal()
  const all = [...warnings, ...fit.warnings]
  const rendered = all.map(terminal.render)
  return {
    json: { ...fit, warnings: all.map((warning, i) => ({ ...warning, message: rendered[i] ?? '' })) },
    text: fitText(request, fit, { text: context.text, warnings: rendered }),
  }
}

/** Many cases: a broken line is an error with its number, the others are answered. */
const answerFile = async (file: string, catalogue: Catalogue, context: CommandContext): Promise<void> => {
  const results: Result[] = []
  for (const [i, line] of readTextFile(file).split('\n').entries())
    if (line.trim() !== '') results.push(await answerLine(line, i + 1, catalogue, context))
  if (results.length === 0)
    throw cliError('cli.bad-argument', {
      detail: context.text(`${file} has no case.`, `${file} 沒有任何案例。`),
    })
  const terminal = context.terminal()
  terminal.result(results, () => fitTable(results, context))
  context.exitWith(results.some(({ error }) => error) ? 2 : results.every(({ fits }) => fits) ? 0 : 1)
}

const answerLine = async (
  line: string,
  number: number,
  catalogue: Catalogue,
  context: CommandContext,
): Promise<Result> => {
  let id: unknown
  try {
    const raw = parseCase(line, context)
    id = raw['id'] ?? raw['name']
    return {
      line: number,
      ...(id === undefined ? {} : { id }),
      ...(await answer(await readCase(raw, catalogue, context, 'line'), context)).json,
    }
  } catch (error) {
    const { code, params } = toArchitectError(describeFailure(error))
    const message = context.terminal().render({ code, params })
    return { line: number, ...(id === undefined ? {} : { id }), error: { code, params, message } }
  }
}

const parseCase = (line: string, { text }: CommandContext): Raw => {
  const bad = () => cliError('cli.bad-argument', { detail: text('Not a JSON object.', '不是 JSON 物件。') })
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const inner = (value as Raw)['case']
      return typeof inner === 'object' && inner !== null
        ? { ...(value as Raw), case: undefined, ...(inner as Raw) }
        : (value as Raw)
    }
  } catch {
    throw bad()
  }
  throw bad()
}

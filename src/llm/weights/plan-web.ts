// A GGUF file at an address. Nothing is known of it before it is here.

import { posix } from 'node:path'
import { downloadFile } from './download-file.js'
import type { HttpAccess } from './http-access.js'
import { unknownLicence } from './licence.js'
import { weightsError } from './messages.js'
import type { PullPlan } from './pull-plan.js'
import { localNameFrom, requireSafePath } from './safe-path.js'

/** @throws `weights.no-weights` when the address does not end in .gguf */
export const planWeb = (url: URL, http: HttpAccess): PullPlan => {
  // User information and query may be secrets; they are used and never kept.
  const source = `${url.origin}${url.pathname}`
  const filename = requireSafePath(decodedName(url), source)
  if (!/\.gguf$/i.test(filename)) throw weightsError('weights.no-weights', { source })
  return {
    name: localNameFrom(filename.replace(/\.gguf$/i, '')),
    source,
    revision: null,
    licence: unknownLicence,
    sizeBytes: null,
    paths: [filename],
    collect: async (context) => {
      const remote = { url, path: filename, sizeBytes: null, sha256: null, gitBlob: null }
      const file = await downloadFile(remote, { ...context, http, explainStatus: () => undefined })
      return { files: [file], format: 'gguf' }
    },
  }
}

const decodedName = (url: URL): string => {
  const name = posix.basename(url.pathname)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

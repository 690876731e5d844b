// A model of a hub that speaks the Hugging Face API: which files, how large, with which hashes, under which licence.

import { z } from 'zod'
import type { Clock } from '../../core/index.js'
import { downloadFile, type RemoteFile } from './download-file.js'
import type { HttpAccess, HttpAnswer } from './http-access.js'
import { alternativeTo } from './known-models.js'
import type { Licence } from './licence.js'
import { weightsError } from './messages.js'
import { formatOf, type PullPlan } from './pull-plan.js'
import type { Reference } from './reference.js'
import { askPatiently, isPassingStatus, passingFailure, retryAfterOf } from './retry.js'
import { localNameFrom, requireSafePath } from './safe-path.js'
import { selectFiles } from './select-files.js'

export interface HubAccess {
  readonly http: HttpAccess
  readonly endpoint: URL
  readonly hasToken: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}

const sibling = z.object({
  rfilename: z.string(),
  size: z.int().nonnegative().nullish(),
  blobId: z.string().nullish(),
  lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).nullish(),
})

const modelInfo = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  gated: z.union([z.boolean(), z.string()]).nullish(),
  cardData: z
    .object({
      license: z.union([z.string(), z.array(z.string())]).nullish(),
      license_name: z.string().nullish(),
      license_link: z.string().nullish(),
    })
    .nullish()
    // A card is written by hand: one that makes no sense states no licence.
    .catch(null),
  siblings: z.array(sibling).max(50_000),
})
type ModelInfo = z.infer<typeof modelInfo>

type HubReference = Extract<Reference, { kind: 'hub' }>

/** @throws `weights.hub-unreachable` | `weights.hub-refused` | `weights.gated` and those of choosing files */
export const planHub = async (reference: HubReference, access: HubAccess): Promise<PullPlan> => {
  const { repository, file } = reference
  const source = `hf:${repository}${file === null ? '' : `/${file}`}`
  const info = await fetchInfo(reference, source, access)
  const gate = weightsError('weights.gated', {
    repository,
    page: address(access, repository).href,
    hasToken: access.hasToken,
  })
  if (info.gated && !access.hasToken) throw gate
  const siblings = new Map(info.siblings.map((entry) => [entry.rfilename, entry]))
  const selected = selectFiles(source, [...siblings.keys()], file)
  for (const { from, path } of selected) requireSafePath(requireSafePath(from, source) && path, source)
  const files = selected.map(({ from, path }) =>
    remoteFile(
      siblings.get(from),
      path,
      address(access, repository, 'resolve', info.sha, ...from.split('/')),
    ),
  )
  const weightsPath = selected[0]?.from ?? repository
  const stem = /\.gguf$/i.test(weightsPath) ? weightsPath : repository
  return {
    name: localNameFrom((stem.split('/').at(-1) ?? '').replace(/(-\d{5}-of-\d{5})?\.gguf$/i, '')),
    source,
    revision: info.sha,
    licence: licenceOf(info, address(access, repository).href),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    paths: files.map(({ path }) => path),
    collect: async (context) => {
      const explainStatus = (status: number) => (status === 401 || status === 403 ? gate : undefined)
      const collected = []
      for (const remote of files)
        collected.push(await downloadFile(remote, { ...context, http: access.http, explainStatus }))
      return { files: collected, format: formatOf(files.map(({ path }) => path)) }
    },
  }
}

const address = ({ endpoint }: HubAccess, ...parts: readonly string[]): URL => {
  const base = endpoint.href.replace(/\/+$/, '')
  const path = parts.flatMap((part, i) => (i === 0 ? part.split('/') : [part])).map(encodeURIComponent)
  return new URL(`${base}/${path.join('/')}`)
}

const remoteFile = (entry: z.infer<typeof sibling> | undefined, path: string, url: URL): RemoteFile => ({
  url,
  path,
  sizeBytes: entry?.lfs?.size ?? entry?.size ?? null,
  sha256: entry?.lfs?.sha256 ?? null,
  gitBlob: entry?.lfs ? null : (entry?.blobId ?? null),
})

const licenceOf = ({ cardData }: ModelInfo, page: string): Licence => {
  const stated = [cardData?.license ?? []].flat().join(', ')
  const id = stated === 'other' ? (cardData?.license_name ?? 'other') : stated || null
  return { id, link: cardData?.license_link ?? page }
}

const fetchInfo = (reference: HubReference, source: string, access: HubAccess): Promise<ModelInfo> =>
  askPatiently(
    () => askOnce(reference, access),
    access,
    (error, reason) => unreachable(error, reason, source, access),
  )

const unreachable = (error: unknown, reason: string | undefined, source: string, { endpoint }: HubAccess) =>
  weightsError(
    'weights.hub-unreachable',
    {
      endpoint: endpoint.origin,
      reason: reason ?? (error instanceof Error ? error.message : String(error)),
      alternative: alternativeTo(source),
    },
    { retryable: true, cause: error },
  )

const askOnce = async ({ repository, revision }: HubReference, access: HubAccess): Promise<ModelInfo> => {
  const url = address(access, 'api/models', ...repository.split('/'), 'revision', revision)
  url.searchParams.set('blobs', 'true')
  const answer = await access.http.open(url, { signal: access.signal })
  const text = await readBounded(answer, access)
  if (isPassingStatus(answer.status))
    throw passingFailure(
      `status ${answer.status}`,
      retryAfterOf(answer.header('retry-after'), access.clock.wallMs()),
    )
  if (answer.status === 403 || answer.header('x-error-code') === 'GatedRepo')
    throw weightsError('weights.gated', {
      repository,
      page: address(access, repository).href,
      hasToken: access.hasToken,
    })
  if (answer.status !== 200)
    throw weightsError('weights.hub-refused', {
      repository: `${repository}@${revision}`,
      status: answer.status,
    })
  try {
    return modelInfo.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(access, error instanceof z.ZodError ? 'fields are missing' : 'not JSON', error)
  }
}

const maxInfoBytes = 32 * 1024 * 1024

const readBounded = async ({ body }: HttpAnswer, access: HubAccess): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxInfoBytes) throw unreadable(access, 'its answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const unreadable = ({ endpoint }: HubAccess, reason: string, cause?: unknown) =>
  weightsError('weights.hub-unreadable', { endpoint: endpoint.origin, reason }, { cause })

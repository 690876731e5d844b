// /v1/files in OpenAI's shape. A file belongs to the tenant of the key that sent it.

import { fileError, type NewFile, type StoredFile } from '../../files/index.js'
import type { Authenticate } from '../authenticate.js'
import { checkFields, isText, rule, wholeNumber } from '../check-fields.js'
import { gatewayError } from '../messages.js'
import type { FilePort } from '../ports.js'
import type { Endpoint } from '../router.js'
import { sendJson } from '../send.js'
import { type Asked, handlersOf, nameOf, type StoredWork, stored } from '../stored.js'
import { cursorUnknown, openaiList, pageQueryOf } from '../tenant-page.js'
import { readUpload } from './read-upload.js'
import { sendContent } from './send-content.js'

export interface FileDeps {
  readonly authenticate: Authenticate
  readonly port: FilePort
  /** The largest file that is taken. */
  readonly maxFileBytes: number
  /** The longest pause within a body. */
  readonly idleMs: number
  /** How long an answer may lie unread. */
  readonly stalledMs: number
}

export const fileEndpoints = (deps: FileDeps): readonly Endpoint[] => {
  const all = '/v1/files'
  const one = `${all}/{id}`
  const asked = handlersOf(deps)
  return [
    { method: 'POST', path: all, handle: asked(upload) },
    { method: 'GET', path: all, handle: asked(list) },
    { method: 'GET', path: one, handle: asked(show) },
    { method: 'DELETE', path: one, handle: asked(remove) },
    { method: 'GET', path: `${one}/content`, handle: asked(download) },
  ]
}

type Work = StoredWork<FileDeps>

export const fileResource = ({ id, bytes, createdAt, expiresAt, filename, purpose }: StoredFile) => ({
  id,
  object: 'file',
  bytes,
  created_at: secondsOf(createdAt),
  ...(expiresAt && { expires_at: secondsOf(expiresAt) }),
  filename,
  purpose,
  status: 'processed',
})

export const secondsOf = (time: Date) => Math.floor(time.getTime() / 1000)

/** Of a form the parts around the file: more than any client sends. */
export const formBytes = 64 * 1024

const upload: Work = async ({ port, maxFileBytes, idleMs }, { exchange, caller }) => {
  const { request } = exchange
  if (Number(request.headers['content-length'] ?? 0) > maxFileBytes + formBytes)
    throw fileError('files.too-large', { limitBytes: maxFileBytes })
  const form = await readUpload(exchange, idleMs)
  const file = rule('a file with its name', '含有檔名的檔案', () => true)
  if (!form) throw gatewayError('gateway.field-missing', { field: 'file', expected: file.expected })
  const describe = () => newFileOf(form.filename, form.fields)
  sendJson(exchange, fileResource(await stored(port.add(caller.tenant, form.content, describe))))
}

/** `batch` is read here; of the others a file is kept for its owner. Models are not trained by this API. */
const purposes = ['batch', 'user_data', 'assistants', 'vision']
const purposeList = purposes.map((purpose) => `"${purpose}"`)
export const purposeRule = rule(
  `one of ${purposeList.join(', ')}; files of other purposes, such as "fine-tune", would be read by nothing here`,
  `下列之一：${purposeList.join('、')}；此處沒有功能會讀取其他用途（例如 "fine-tune"）的檔案`,
  (value) => isText(value) && purposes.includes(value),
)
export const anchor = rule('"created_at"', '"created_at"', (value) => value === 'created_at')
export const expirySeconds = wholeNumber(3_600, 2_592_000)

/** OpenAI's own: files of batches are forgotten, others stay. */
export const batchExpiryMs = 30 * 86_400_000

/** @throws gateway.field-missing, gateway.field-invalid */
const newFileOf = (filename: string, fields: ReadonlyMap<string, string>): NewFile => {
  const given = Object.fromEntries(fields)
  checkFields(given, { required: { purpose: purposeRule } })
  const [anchorName, secondsName] = ['expires_after[anchor]', 'expires_after[seconds]']
  const isLimited = given[anchorName] !== undefined || given[secondsName] !== undefined
  const seconds = given[secondsName] === undefined ? undefined : Number(given[secondsName])
  if (isLimited)
    checkFields(
      { [anchorName]: given[anchorName], [secondsName]: seconds },
      { required: { [anchorName]: anchor, [secondsName]: expirySeconds } },
    )
  return {
    filename: nameOf(filename).slice(0, 255) || 'file',
    purpose: String(given.purpose),
    expiresAfterMs: seconds !== undefined ? seconds * 1000 : given.purpose === 'batch' ? batchExpiryMs : null,
  }
}

const list: Work = async ({ port }, { exchange, caller }) => {
  const { limit, order, named } = pageQueryOf(exchange.search, { standard: 10_000, most: 10_000 })
  const after = named('after')
  const purpose = named('purpose')
  const page = await stored(port.list(caller.tenant, { purpose, order, after, limit }))
  if (!page) throw cursorUnknown('after', after)
  sendJson(exchange, openaiList(page.files.map(fileResource), page.hasMore))
}

const notFound = (id: string) =>
  gatewayError('gateway.stored-not-found', { kind: 'file', id, field: 'file_id' })

const find = async ({ port }: FileDeps, { caller, id }: Asked): Promise<StoredFile> => {
  const file = await stored(port.find(caller.tenant, id))
  if (!file) throw notFound(id)
  return file
}

const show: Work = async (deps, asked) => sendJson(asked.exchange, fileResource(await find(deps, asked)))

const remove: Work = async ({ port }, { exchange, caller, id }) => {
  if (!(await stored(port.remove(caller.tenant, id)))) throw notFound(id)
  sendJson(exchange, { id, object: 'file', deleted: true })
}

const download: Work = async (deps, asked) => {
  const file = await find(deps, asked)
  await sendContent(
    asked.exchange,
    {
      bytes: deps.port.read(asked.caller.tenant, file),
      length: file.bytes,
      contentType: 'application/octet-stream',
      // Whatever it holds, a browser must not run it.
      headers: { 'x-content-type-options': 'nosniff', 'content-disposition': 'attachment' },
    },
    deps.stalledMs,
  )
}

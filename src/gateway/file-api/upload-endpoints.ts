// /v1/uploads in OpenAI's shape: a large file in parts.

import type { NewFile, Upload } from '../../files/index.js'
import { fileError } from '../../files/index.js'
import type { Authenticate } from '../authenticate.js'
import {
  checkFields,
  type FieldRules,
  type Fields,
  isListOf,
  isText,
  object,
  rule,
  wholeNumber,
} from '../check-fields.js'
import type { Exchange } from '../exchange.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { UploadPort } from '../ports.js'
import type { BodyReader } from '../read-body.js'
import type { Endpoint } from '../router.js'
import { sendJson } from '../send.js'
import { handlersOf, nameOf, type StoredWork, stored } from '../stored.js'
import {
  anchor,
  batchExpiryMs,
  expirySeconds,
  fileResource,
  formBytes,
  purposeRule,
  secondsOf,
} from './file-endpoints.js'
import { readUpload } from './read-upload.js'

export interface UploadDeps {
  readonly authenticate: Authenticate
  readonly bodies: BodyReader
  readonly port: UploadPort
  readonly maxFileBytes: number
  /** The longest pause within a body. */
  readonly idleMs: number
}

export const uploadEndpoints = (deps: UploadDeps): readonly Endpoint[] => {
  const all = '/v1/uploads'
  const one = `${all}/{id}`
  const asked = handlersOf(deps)
  return [
    { method: 'POST', path: all, handle: asked(begin) },
    { method: 'POST', path: `${one}/parts`, handle: asked(addPart) },
    { method: 'POST', path: `${one}/complete`, handle: asked(complete) },
    { method: 'POST', path: `${one}/cancel`, handle: asked(cancel) },
  ]
}

type Work = StoredWork<UploadDeps>

const text = rule('a text', '文字', isText)
const beginning: FieldRules = {
  required: {
    bytes: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    filename: text,
    mime_type: text,
    purpose: purposeRule,
  },
  optional: { expires_after: object },
}
const expiry: FieldRules = { required: { anchor, seconds: expirySeconds } }
const completion: FieldRules = {
  required: { part_ids: rule('a list of ids of parts', '各部分 id 的清單', isListOf(isText)) },
  optional: {
    md5: rule(
      '32 hexadecimal digits',
      '32 位十六進位數字',
      (value) => isText(value) && /^[0-9a-f]{32}$/i.test(value),
    ),
  },
}

const readFields = async ({ bodies }: UploadDeps, exchange: Exchange, rules: FieldRules): Promise<Fields> => {
  const bytes = await bodies.read(exchange.request, exchange.response)
  try {
    return checkFields(parseJson(bytes), rules)
  } finally {
    bodies.release(bytes.length)
  }
}

const resource = ({ id, bytes, createdAt, expiresAt, filename, purpose, status }: Upload) => ({
  id,
  object: 'upload',
  bytes,
  created_at: secondsOf(createdAt),
  expires_at: secondsOf(expiresAt),
  filename,
  purpose,
  status,
})

const begin: Work = async (deps, { exchange, caller }) => {
  const fields = await readFields(deps, exchange, beginning)
  const { filename, purpose, bytes } = fields as { filename: string; purpose: string; bytes: number }
  const after = fields.expires_after as { readonly seconds: number } | null | undefined
  if (after) checkFields(after, expiry)
  const standard = purpose === 'batch' ? batchExpiryMs : null
  const file: NewFile = {
    filename: nameOf(filename).slice(0, 255) || 'file',
    purpose,
    expiresAfterMs: after ? after.seconds * 1000 : standard,
  }
  sendJson(exchange, resource(await stored(deps.port.begin(caller.tenant, { ...file, bytes }))))
}

const addPart: Work = async ({ port, maxFileBytes, idleMs }, { exchange, caller, id }) => {
  if (Number(exchange.request.headers['content-length'] ?? 0) > maxFileBytes + formBytes)
    throw fileError('files.too-large', { limitBytes: maxFileBytes })
  const form = await readUpload(exchange, idleMs, 'data')
  if (!form)
    throw gatewayError('gateway.field-missing', {
      field: 'data',
      expected: { en: 'a part of the file', 'zh-TW': '檔案的一部分' },
    })
  const part = await stored(port.addPart(caller.tenant, id, form.content))
  if (!part) throw notFound(id)
  const created_at = secondsOf(part.createdAt)
  sendJson(exchange, { id: part.id, object: 'upload.part', created_at, upload_id: id })
}

const complete: Work = async (deps, { exchange, caller, id }) => {
  const fields = await readFields(deps, exchange, completion)
  const md5 = fields.md5 as string | null | undefined
  const done = await stored(
    deps.port.complete(caller.tenant, id, {
      partIds: fields.part_ids as readonly string[],
      ...(md5 && { md5 }),
    }),
  )
  if (!done) throw notFound(id)
  sendJson(exchange, { ...resource(done.upload), file: fileResource(done.file) })
}

const cancel: Work = async ({ port }, { exchange, caller, id }) => {
  const upload = await stored(port.cancel(caller.tenant, id))
  if (!upload) throw notFound(id)
  sendJson(exchange, resource(upload))
}

const notFound = (id: string) =>
  gatewayError('gateway.stored-not-found', { kind: 'upload', id, field: 'upload_id' })

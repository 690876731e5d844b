// Images, audio and files of a request as the AI SDK has them. What a provider cannot read by its URL is refused: the
// gateway fetches nothing on a client's behalf.

import type { Part } from '../contract.js'
import { parseDataUrl } from '../wire/data-url.js'
import { notExpressible } from '../wire/foreign-fields.js'
import type { ProviderFile, ProviderModel, SupportedUrls } from './provider-model.js'

type Media = Extract<Part, { readonly type: 'image' | 'audio' | 'file' }>

export interface FileWriter {
  /** @param at the part's place in the request @throws `llm.request-not-expressible` */
  write(part: Media, at: string): ProviderFile
  /** Inside the result of a tool, where V3 has types of its own. */
  writeInResult(part: Media, at: string): unknown
}

export const createFileWriter = (
  { specificationVersion }: ProviderModel,
  supportedUrls: SupportedUrls,
): FileWriter => {
  const isTagged = specificationVersion !== 'v3'
  const inline = (mediaType: string, data: string, filename?: string): ProviderFile => ({
    type: 'file',
    mediaType,
    data: isTagged ? { type: 'data', data } : data,
    ...(filename !== undefined && { filename }),
  })
  const write: FileWriter['write'] = (part, at) => {
    if (part.type === 'audio') return inline(audioTypes[part.format] ?? `audio/${part.format}`, part.data)
    const url = part.type === 'image' ? part.url : part.data
    if (url === undefined) return notExpressible(`${at}.file_id`, 'ai-sdk')
    const name = part.type === 'file' ? part.name : undefined
    const data = parseDataUrl(url)
    if (data) return inline(data.mediaType, data.data, name)
    const parsed = part.type === 'image' && URL.canParse(url) ? new URL(url) : undefined
    if (!parsed || !isSupported(parsed, supportedUrls)) return notExpressible(`${at}.url`, 'ai-sdk')
    const mediaType = part.type === 'image' ? (part.mediaType ?? 'image/*') : 'application/octet-stream'
    return { type: 'file', mediaType, data: isTagged ? { type: 'url', url: parsed } : parsed }
  }
  return {
    write,
    writeInResult: (part, at) => {
      const file = write(part, at)
      if (isTagged) return file
      const kind = file.mediaType.startsWith('image/') ? 'image' : 'file'
      return file.data instanceof URL
        ? { type: `${kind}-url`, url: file.data.href }
        : { ...file, type: `${kind}-data` }
    },
  }
}

/** By the formats of OpenAI's `input_audio`. */
const audioTypes: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', wav: 'audio/wav' }

/** The specification matches against lower-case URLs, for images under their own type or any. */
const isSupported = ({ href }: URL, supportedUrls: SupportedUrls) =>
  Object.entries(supportedUrls).some(
    ([mediaType, patterns]) =>
      /^(\*|\*\/\*|image\/.+)$/.test(mediaType) &&
      patterns.some((pattern) =>
        new RegExp(pattern.source, pattern.flags.replace('g', '')).test(href.toLowerCase()),
      ),
  )

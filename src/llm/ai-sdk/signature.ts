// What a provider wants to have back with the reasoning it gave (Anthropic's signature, OpenAI's encrypted content),
// carried by clients as one opaque text: the signature of a reasoning part.

import { fieldsIn, objectOf } from '../wire/fields.js'
import type { ProviderFields } from './provider-model.js'

const mark = 'ai-sdk:'

/** Undefined where the provider has said nothing. */
export const signatureOf = (metadata: ProviderFields | undefined): string | undefined =>
  metadata === undefined || Object.keys(metadata).length === 0
    ? undefined
    : mark + Buffer.from(JSON.stringify(metadata), 'utf8').toString('base64')

/** What `signatureOf` was made from; undefined for the signature of another engine. */
export const metadataIn = (signature: string | undefined): ProviderFields | undefined => {
  if (!signature?.startsWith(mark)) return undefined
  const fields = fieldsIn(Buffer.from(signature.slice(mark.length), 'base64').toString('utf8'))
  return fields && Object.values(fields).every(objectOf) ? (fields as ProviderFields) : undefined
}

// What an upload in parts is, and what can be done with it. Every call names the tenant: what another tenant has is not
// there.

import type { NewFile, StoredFile } from './records.js'

export type UploadStatus = 'pending' | 'completed' | 'cancelled' | 'expired'

export interface Upload extends NewFile {
  readonly id: string
  /** As many as were announced. */
  readonly bytes: number
  readonly status: UploadStatus
  readonly createdAt: Date
  readonly expiresAt: Date
  /** The file that it has become, or will become. */
  readonly fileId: string
}

export interface UploadPart {
  readonly id: string
  readonly bytes: number
  readonly createdAt: Date
}

export interface Completion {
  /** In their order. */
  readonly partIds: readonly string[]
  /** Of the whole content, in hexadecimal. */
  readonly md5?: string | undefined
}

export interface Uploads {
  /** Its bytes count for the tenant from now on. @throws `files.too-large` | `files.quota-exceeded` */
  begin(tenant: string, file: NewFile & { readonly bytes: number }): Promise<Upload>
  /**
   * Takes one part, which is there, whole, once this resolves. @returns undefined when there is no such upload
   * @throws `files.upload-over` | `files.parts-too-large`, and what `content` throws
   */
  addPart(tenant: string, id: string, content: AsyncIterable<Uint8Array>): Promise<UploadPart | undefined>
  /**
   * Makes a file of its parts; a second time, it is the same one. @returns undefined when there is no such upload
   * @throws `files.upload-over` | `files.part-unknown` | `files.bytes-differ` | `files.checksum-differs`
   */
  complete(
    tenant: string,
    id: string,
    completion: Completion,
  ): Promise<{ readonly upload: Upload; readonly file: StoredFile } | undefined>
  /** @returns undefined when there is no such upload @throws `files.upload-over` */
  cancel(tenant: string, id: string): Promise<Upload | undefined>
}

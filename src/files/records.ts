// What a file is, and what can be done with it. Every call names the tenant: what another tenant has is not there.

export interface StoredFile {
  readonly id: string
  readonly filename: string
  readonly purpose: string
  readonly bytes: number
  readonly createdAt: Date
  /** Null = never. */
  readonly expiresAt: Date | null
}

export interface NewFile {
  readonly filename: string
  readonly purpose: string
  /** Null = never. */
  readonly expiresAfterMs: number | null
}

export interface FileQuery {
  readonly purpose?: string | undefined
  readonly order: 'asc' | 'desc'
  /** The id of the file before the first one wanted. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface FilePage {
  readonly files: readonly StoredFile[]
  readonly hasMore: boolean
}

export interface Files {
  /**
   * Takes a file that a client sends. It is there, whole and durable, once this resolves, and not before.
   * @param describe asked after the last byte, since a form may say behind a file what it is for
   * @throws `files.too-large` | `files.quota-exceeded`, and what `content` and `describe` throw
   */
  add(tenant: string, content: AsyncIterable<Uint8Array>, describe: () => NewFile): Promise<StoredFile>
  /** Leaves a file of the system's own, which no limit refuses. Does nothing where it is there already. */
  leave(tenant: string, id: string, file: NewFile, content: AsyncIterable<Uint8Array>): Promise<void>
  find(tenant: string, id: string): Promise<StoredFile | undefined>
  /** By the time they were made. @returns undefined when there is no file `after` */
  list(tenant: string, query: FileQuery): Promise<FilePage | undefined>
  /** The content in pieces; it breaks off with `files.gone` when the file is deleted meanwhile. */
  read(tenant: string, file: Pick<StoredFile, 'id' | 'bytes'>): AsyncIterable<Uint8Array>
  /** @returns false when it was not there */
  remove(tenant: string, id: string): Promise<boolean>
  /** From here on expired files, and what uploads that broke off have left, are deleted every hour. */
  start(): void
  close(): Promise<void>
}

// Floor 3: files that clients leave with the system, and those it leaves for them. Knows no HTTP and nothing of what
// is in a file.

export { createFileStore, type FileStoreOptions } from './file-store.js'
export { fileError, fileMessages } from './messages.js'
export { fileMigrations } from './migrations.js'
export type { FilePage, FileQuery, Files, NewFile, StoredFile } from './records.js'
export type { Upload, UploadPart, Uploads } from './upload-records.js'
export { createUploads } from './uploads.js'

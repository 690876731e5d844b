// Floor 3: who may call: virtual keys with their tenant, groups, routes and limits.

export type { KeyRecord, NewKey } from './key-record.js'
export { createKeyring, type IssuedKey, type Keyring, type KeyringOptions } from './keyring.js'
export { accessMessages } from './messages.js'
export { accessMigrations } from './migrations.js'

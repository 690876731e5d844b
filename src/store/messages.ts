// What the store says to people, in both languages.

import { defineMessages, errorFactory } from '../core/index.js'

export const storeMessages = defineMessages({
  'store.unreachable': {
    en: (p: { address: string; detail: string }) =>
      `The database at ${p.address} cannot be reached (${p.detail}). Check that it runs and that the address is right.`,
    'zh-TW': (p) => `無法連線到資料庫 ${p.address}（${p.detail}）。請確認資料庫正在執行，且位址正確。`,
  },
  'store.access-refused': {
    en: (p: { address: string; user: string; detail: string }) =>
      `The database at ${p.address} refused user ${p.user} (${p.detail}). Correct the user name, the password or the server's pg_hba.conf.`,
    'zh-TW': (p) =>
      `資料庫 ${p.address} 拒絕使用者 ${p.user}（${p.detail}）。請修正使用者名稱、密碼，或伺服器的 pg_hba.conf。`,
  },
  'store.database-missing': {
    en: (p: { address: string; database: string }) =>
      `The server at ${p.address} has no database "${p.database}". Create it with: createdb ${p.database}`,
    'zh-TW': (p) => `伺服器 ${p.address} 沒有資料庫「${p.database}」。請執行 createdb ${p.database} 建立。`,
  },
  'store.busy': {
    en: (p: { waitedMs: number }) =>
      `No database connection became free within ${p.waitedMs} ms. Keep transactions short, use only the transaction's own handle inside one, or allow more connections.`,
    'zh-TW': (p) =>
      `${p.waitedMs} 毫秒內沒有可用的資料庫連線。請縮短交易、在交易內只使用該交易的物件，或允許更多連線。`,
  },
  'store.migration-changed': {
    en: (p: { domain: string; name: string }) =>
      `Migration ${p.name} of "${p.domain}" differs from the one this database was built with. Applied migrations are never edited: restore it and add a new one.`,
    'zh-TW': (p) =>
      `「${p.domain}」的遷移 ${p.name} 與此資料庫當初套用的內容不同。已套用的遷移不可修改：請還原它，並另外新增一個遷移。`,
  },
  'store.database-newer': {
    en: (p: { domain: string; name: string }) =>
      `The database has migration ${p.name} of "${p.domain}", which this version does not know. Run the version that made it, or a newer one.`,
    'zh-TW': (p) =>
      `資料庫已套用「${p.domain}」的遷移 ${p.name}，但目前版本不認得它。請改用建立它的版本或更新的版本。`,
  },
  'store.migration-failed': {
    en: (p: { domain: string; name: string; detail: string }) =>
      `Migration ${p.name} of "${p.domain}" failed and was undone: ${p.detail}. Fix the cause and start again.`,
    'zh-TW': (p) => `「${p.domain}」的遷移 ${p.name} 失敗並已復原：${p.detail}。請排除原因後重新啟動。`,
  },
  'store.socket-directory-unsafe': {
    en: (p: { directory: string }) =>
      `${p.directory} is meant for the embedded database's socket but belongs to another user. Remove it, or set TMPDIR to a directory of your own.`,
    'zh-TW': (p) =>
      `${p.directory} 應存放內嵌資料庫的 socket，卻屬於其他使用者。請移除它，或將 TMPDIR 設為您自己的目錄。`,
  },
  'store.data-unreadable': {
    en: (p: { directory: string; detail: string }) =>
      `The embedded database in ${p.directory} cannot be opened (${p.detail}). Restore it from a backup, or move it away to start empty.`,
    'zh-TW': (p) =>
      `無法開啟 ${p.directory} 中的內嵌資料庫（${p.detail}）。請從備份還原，或將它移走以重新開始。`,
  },
})

/** Makes the errors of the store. */
export const storeError = errorFactory(storeMessages)

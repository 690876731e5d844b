// What the knowledge base says to people.

import { defineMessages, errorFactory, messageFactory } from '../core/index.js'

export const ragMessages = defineMessages({
  'rag.folder-unreadable': {
    en: (p: { root: string; detail: string }) =>
      `The folder of documents ${p.root} cannot be read (${p.detail}). Check the path under "source" and its permissions.`,
    'zh-TW': (p) => `無法讀取文件資料夾 ${p.root}（${p.detail}）。請檢查 source 的路徑與權限。`,
  },
  'rag.folder-too-large': {
    en: (p: { root: string; maxFiles: number }) =>
      `${p.root} holds more than ${p.maxFiles} files. Point "source" at a smaller folder, or split it into several knowledge bases.`,
    'zh-TW': (p) => `${p.root} 超過 ${p.maxFiles} 個檔案。請將 source 指向較小的資料夾，或拆成多個知識庫。`,
  },
  'rag.file-unreadable': {
    en: (p: { detail: string }) => `The file cannot be read (${p.detail}). Check its permissions.`,
    'zh-TW': (p) => `無法讀取檔案（${p.detail}）。請檢查權限。`,
  },
  'rag.file-outside-folder': {
    en: (p: { target: string }) =>
      `The link leads outside the folder, to ${p.target}. Copy the file into the folder instead.`,
    'zh-TW': (p) => `連結指向資料夾之外的 ${p.target}。請改為將檔案複製到資料夾內。`,
  },
  'rag.file-unsupported': {
    en: (p: { extension: string }) =>
      `Files ending in "${p.extension}" are not read. Convert it to Markdown (.md) or HTML (.html).`,
    'zh-TW': (p) => `不支援副檔名「${p.extension}」的檔案。請轉成 Markdown（.md）或 HTML（.html）。`,
  },
  'rag.file-special': {
    en: (_: Record<string, never>) =>
      `This is no regular file but a pipe, a socket or a device. Put a regular file in its place.`,
    'zh-TW': () => `這不是一般檔案，而是管線、通訊端或裝置。請改放一般檔案。`,
  },
  'rag.file-hidden': {
    en: (_: Record<string, never>) =>
      `Names that begin with a dot are left out. Rename it if it is to be read.`,
    'zh-TW': () => `以點開頭的檔案與資料夾不讀取。若要讀取，請改名。`,
  },
  'rag.folder-visited': {
    en: (_: Record<string, never>) => `The link leads to a folder that is read already, so nothing is lost.`,
    'zh-TW': () => `連結指向已經讀取的資料夾，內容不受影響。`,
  },
  'rag.file-too-large': {
    en: (p: { bytes: number; maxBytes: number }) =>
      `The file has ${p.bytes} bytes; at most ${p.maxBytes} are read. Split it into smaller files.`,
    'zh-TW': (p) => `檔案有 ${p.bytes} 位元組，上限為 ${p.maxBytes}。請拆成較小的檔案。`,
  },
  'rag.file-not-text': {
    en: (p: { encoding: string }) =>
      `The file is not text in ${p.encoding}. Save it as UTF-8, or declare the encoding of an HTML file in a meta tag.`,
    'zh-TW': (p) => `檔案不是 ${p.encoding} 編碼的文字。請另存為 UTF-8，或在 HTML 的 meta 標籤中註明編碼。`,
  },
  'rag.file-parse-timeout': {
    en: (p: { timeoutMs: number }) =>
      `Reading the file took more than ${p.timeoutMs} ms and was stopped. Simplify or split the file.`,
    'zh-TW': (p) => `讀取檔案超過 ${p.timeoutMs} 毫秒，已中止。請簡化或拆分檔案。`,
  },
  'rag.file-parse-failed': {
    en: (p: { detail: string }) => `The file could not be parsed (${p.detail}). Simplify or split the file.`,
    'zh-TW': (p) => `無法剖析檔案（${p.detail}）。請簡化或拆分檔案。`,
  },
  'rag.file-empty': {
    en: (_: Record<string, never>) => `The file holds no text to search. Remove it, or add text.`,
    'zh-TW': () => `檔案沒有可供檢索的文字。請移除檔案或補上文字。`,
  },
  'rag.not-ingested': {
    en: (p: { knowledge: string }) =>
      `The knowledge base "${p.knowledge}" holds nothing yet. Run "llm-architect ingest" first.`,
    'zh-TW': (p) => `知識庫「${p.knowledge}」尚無內容。請先執行「llm-architect ingest」。`,
  },
  'rag.reference-gone': {
    en: (p: { id: string; path: string }) =>
      `The passage ${p.id} of ${p.path} is no longer stored: the document was removed or has changed many times since. Ask again.`,
    'zh-TW': (p) => `${p.path} 的段落 ${p.id} 已不存在：文件已移除，或之後又更動多次。請重新提問。`,
  },
  'rag.embeddings-unavailable': {
    en: (p: { address: string; detail: string }) =>
      `The embeddings endpoint ${p.address} does not answer (${p.detail}). Search uses words alone until it does; check that it runs.`,
    'zh-TW': (p) =>
      `向量端點 ${p.address} 沒有回應（${p.detail}）。恢復之前只以字詞檢索；請確認服務是否執行中。`,
  },
  'rag.embeddings-wrong': {
    en: (p: { address: string; detail: string }) =>
      `The embeddings endpoint ${p.address} gave an unusable answer: ${p.detail}. Check "model" and "dimensions".`,
    'zh-TW': (p) => `向量端點 ${p.address} 的回應無法使用：${p.detail}。請檢查 model 與 dimensions。`,
  },
  'rag.dense-arm-off': {
    en: (p: { knowledge: string }) =>
      `The knowledge base "${p.knowledge}" has no vectors to search by at the moment. Configure "embeddings", ingest, and check that its endpoint answers.`,
    'zh-TW': (p) =>
      `知識庫「${p.knowledge}」目前沒有可供檢索的向量。請設定 embeddings 並重新匯入，並確認端點有回應。`,
  },
  'rag.rerank-unavailable': {
    en: (p: { address: string; detail: string }) =>
      `The rerank endpoint ${p.address} gave no usable answer (${p.detail}). Passages stay in the order in which they were found; check that it runs, or raise "timeoutMs".`,
    'zh-TW': (p) =>
      `重新排序端點 ${p.address} 沒有可用的回應（${p.detail}）。段落維持檢索時的順序；請確認服務是否執行中，或調高 timeoutMs。`,
  },
  'rag.onnx-unusable': {
    en: (p: { model: string; folder: string; detail: string }) =>
      `The model ${p.model} in ${p.folder} cannot be used (${p.detail}). Its folder must hold config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx or the file that "dtype" names.`,
    'zh-TW': (p) =>
      `無法使用 ${p.folder} 中的模型 ${p.model}（${p.detail}）。該資料夾必須包含 config.json、tokenizer.json、tokenizer_config.json，以及 onnx/model.onnx 或 dtype 所指的檔案。`,
  },
  'rag.onnx-not-ranker': {
    en: (p: { model: string; folder: string; detail: string }) =>
      `The model ${p.model} in ${p.folder} cannot score documents: ${p.detail}. Use a cross-encoder: a model for sequence classification with one output or two, exported to ONNX, such as bge-reranker or ms-marco-MiniLM.`,
    'zh-TW': (p) =>
      `${p.folder} 中的模型 ${p.model} 無法為文件評分（${p.detail}）。請改用 cross-encoder：以序列分類訓練、有一個或兩個輸出並匯出為 ONNX 的模型，例如 bge-reranker 或 ms-marco-MiniLM。`,
  },
})

export const ragError = errorFactory(ragMessages)
export const ragMessage = messageFactory(ragMessages)

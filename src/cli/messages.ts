// The messages of the command line, and the renderer of every room's.

import { defineMessages, errorFactory } from '../core/index.js'
import { trafficSourceMessages } from './traffic-messages.js'

export const cliMessages = defineMessages({
  ...trafficSourceMessages,
  'cli.file-not-found': {
    en: (p: { file: string; writtenBy?: string }) =>
      `${p.file} was not found.${p.writtenBy ? ` Write one with: llm-architect ${p.writtenBy}` : ''}`,
    'zh-TW': (p) => `找不到 ${p.file}。${p.writtenBy ? `請先執行：llm-architect ${p.writtenBy}` : ''}`,
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
    'zh-TW': (p) => `${p.detail} 請見 --help。`,
  },
  'cli.port-in-use': {
    en: (p: { host: string; port: number }) =>
      `${p.host}:${p.port} is in use by another program. Stop it, or choose another port: --port N, or server.port in architecture.yaml.`,
    'zh-TW': (p) =>
      `${p.host}:${p.port} 已被其他程式占用。請停止該程式，或改用其他連接埠：--port N，或 architecture.yaml 的 server.port。`,
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

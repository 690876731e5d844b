// What installing an optional engine says: its steps, and what can go wrong in them.

import { defineMessages, errorFactory, messageFactory } from '../../core/index.js'

export const optionalEngineMessages = defineMessages({
  'engines.step': {
    en: (p: { title: string; step: StepName }) => `${p.title}: ${stepNames[p.step].en}`,
    'zh-TW': (p) => `${p.title}：${stepNames[p.step]['zh-TW']}`,
  },
  'engines.unknown': {
    en: (p: { name: string; known: string }) =>
      `There is no optional engine "${p.name}". Those that can be installed: ${p.known}.`,
    'zh-TW': (p) => `沒有名為「${p.name}」的選用引擎。可安裝的有：${p.known}。`,
  },
  'engines.not-installed': {
    en: (p: { title: string; name: string }) =>
      `${p.title} is not installed here. Install it with: llm-architect doctor --fix ${p.name}`,
    'zh-TW': (p) => `這裡尚未安裝 ${p.title}。請執行：llm-architect doctor --fix ${p.name}`,
  },
  'engines.platform-unsupported': {
    en: (p: { title: string; platform: string; supported: string }) =>
      `${p.title} has no build for ${p.platform} (only ${p.supported}). Run it on another machine and give its address in architecture.yaml.`,
    'zh-TW': (p) =>
      `${p.title} 沒有 ${p.platform} 的版本（僅支援 ${p.supported}）。請在其他機器上執行，並在 architecture.yaml 填入其位址。`,
  },
  'engines.python-missing': {
    en: (p: { title: string; needed: string; found: string }) =>
      `${p.title} needs Python ${p.needed}; found: ${p.found || 'none'}. Install one (Debian: apt-get install python3 python3-venv), or name it: LLM_ARCHITECT_PYTHON=/path/to/python3.`,
    'zh-TW': (p) =>
      `${p.title} 需要 Python ${p.needed}；目前找到：${p.found || '無'}。請安裝（Debian：apt-get install python3 python3-venv），或以 LLM_ARCHITECT_PYTHON=/path/to/python3 指定。`,
  },
  'engines.python-not-debian': {
    en: (p: { title: string; needed: string; found: string }) =>
      `${p.title} runs its models in an interpreter that is built against Debian 12's /usr/bin/python3 (${p.needed}); found there: ${p.found || 'none'}. On Debian 12: apt-get install python3 python3-venv. Elsewhere run Triton from its container image and give its address in architecture.yaml.`,
    'zh-TW': (p) =>
      `${p.title} 以 Debian 12 的 /usr/bin/python3（${p.needed}）建置的直譯器執行模型；該處目前為：${p.found || '無'}。在 Debian 12 上請執行 apt-get install python3 python3-venv；其他系統請改用 Triton 的容器映像，並在 architecture.yaml 填入其位址。`,
  },
  'engines.venv-missing': {
    en: (p: { title: string; python: string }) =>
      `${p.python} cannot make virtual environments, which ${p.title} is installed into. On Debian and Ubuntu: apt-get install python3-venv`,
    'zh-TW': (p) =>
      `${p.python} 無法建立虛擬環境，而 ${p.title} 需安裝於其中。Debian 與 Ubuntu 請執行：apt-get install python3-venv`,
  },
  'engines.tool-missing': {
    en: (p: { title: string; tool: string; packages: string }) =>
      `${p.title} is built from source and needs ${p.tool}. On Debian and Ubuntu: apt-get install ${p.packages}`,
    'zh-TW': (p) =>
      `${p.title} 需從原始碼建置，缺少 ${p.tool}。Debian 與 Ubuntu 請執行：apt-get install ${p.packages}`,
  },
  'engines.disk-full': {
    en: (p: { title: string; directory: string; neededGiB: number; freeGiB: number }) =>
      `${p.title} needs ${p.neededGiB} GiB of disk and ${p.directory} has ${p.freeGiB} GiB free. Make room, or name a folder on another disk: LLM_ARCHITECT_ENGINES=/path.`,
    'zh-TW': (p) =>
      `${p.title} 需要 ${p.neededGiB} GiB 磁碟空間，而 ${p.directory} 只剩 ${p.freeGiB} GiB。請清出空間，或以 LLM_ARCHITECT_ENGINES=/path 指定其他磁碟上的資料夾。`,
  },
  'engines.step-failed': {
    en: (p: { title: string; step: StepName; command: string; detail: string }) =>
      `${p.title} could not be installed: "${stepNames[p.step].en}" failed.\n$ ${p.command}\n${p.detail}\nWhat is there is kept; the same command goes on from here.`,
    'zh-TW': (p) =>
      `無法安裝 ${p.title}：「${stepNames[p.step]['zh-TW']}」失敗。\n$ ${p.command}\n${p.detail}\n已完成的部分會保留；再次執行同一指令即可繼續。`,
  },
  'engines.cancelled': {
    en: (p: { title: string }) =>
      `Installing ${p.title} was stopped. What is there is kept; the same command goes on from here.`,
    'zh-TW': (p) => `已停止安裝 ${p.title}。已完成的部分會保留；再次執行同一指令即可繼續。`,
  },
})

const stepNames = {
  environment: { en: 'make its own Python environment', 'zh-TW': '建立專屬的 Python 環境' },
  torch: { en: 'install PyTorch', 'zh-TW': '安裝 PyTorch' },
  package: { en: 'install the server', 'zh-TW': '安裝伺服器' },
  requirements: { en: 'install what the server needs', 'zh-TW': '安裝伺服器所需的套件' },
  finish: { en: 'put its parts in place', 'zh-TW': '完成設定' },
  library: { en: 'install the library', 'zh-TW': '安裝程式庫' },
  source: { en: 'unpack its source', 'zh-TW': '取出原始碼' },
  build: { en: 'build it', 'zh-TW': '建置' },
  check: { en: 'see whether it starts', 'zh-TW': '確認可以啟動' },
} as const

export type StepName = keyof typeof stepNames

export const engineError = errorFactory(optionalEngineMessages)
export const engineMessage = messageFactory(optionalEngineMessages)

// What can be wrong with an engine that is to be started, in both languages: what happened, and what to change.

import { defineMessages, errorFactory, type Language, type Message, messageFactory } from '../core/index.js'

interface Place {
  readonly deployment: string
  /** Where the engine's whole output stands. */
  readonly log: string
}

interface UnknownFlag {
  readonly deployment: string
  readonly flag: string
  readonly suggestion: string | null
  /** `vllm 0.32.0` */
  readonly checkedAgainst: string
  /** Whether the installed engine said so itself. */
  readonly isValidated: boolean
}

const seeLog = (log: string, language: Language) =>
  language === 'en' ? ` Its output: ${log}` : `引擎的輸出：${log}`

const maybe = (suggestion: string | null, language: Language) => {
  if (suggestion === null) return ''
  return language === 'en' ? ` Did you mean ${suggestion}?` : `您是不是要寫 ${suggestion}？`
}

const problems = defineMessages({
  'engine.program-missing': {
    en: (p: { deployment: string; program: string; install: string | null }) =>
      `Deployment "${p.deployment}" starts ${p.program}, which is not on this machine.${p.install ? ` Install it with: ${p.install}` : ' Install it, or write its full path into launch.command.'}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」要啟動 ${p.program}，但這台機器上沒有。${p.install ? `安裝方式：${p.install}` : '請先安裝，或在 launch.command 寫上完整路徑。'}`,
  },
  'engine.program-refused': {
    en: (p: { deployment: string; program: string; reason: string }) =>
      p.reason === 'EISDIR'
        ? `Deployment "${p.deployment}" starts ${p.program}, which is a folder. Name the program in it in launch.command.`
        : `Deployment "${p.deployment}": the system does not run ${p.program} (${p.reason}). Make it executable (chmod +x), or name another program in launch.command.`,
    'zh-TW': (p) =>
      p.reason === 'EISDIR'
        ? `部署「${p.deployment}」要啟動的 ${p.program} 是資料夾。請在 launch.command 寫上其中的程式。`
        : `部署「${p.deployment}」：系統無法執行 ${p.program}（${p.reason}）。請設為可執行（chmod +x），或在 launch.command 改用其他程式。`,
  },
  'engine.flag-unknown': {
    en: (p: UnknownFlag) =>
      `Deployment "${p.deployment}": ${p.checkedAgainst}${p.isValidated ? '' : " (the catalogue's snapshot, unvalidated)"} has no flag ${p.flag}.${maybe(p.suggestion, 'en') || ' Take it out of launch.command.'}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：${p.checkedAgainst}${p.isValidated ? ' ' : '（目錄中的快照，未驗證）'}沒有 ${p.flag} 這個旗標。${maybe(p.suggestion, 'zh-TW') || '請從 launch.command 移除。'}`,
  },
  'engine.flag-value': {
    en: (p: { deployment: string; flag: string; kind: 'not-a-choice' | 'not-a-number' }) =>
      `Deployment "${p.deployment}": ${p.flag} wants ${p.kind === 'not-a-number' ? 'a number' : 'one of its listed values'}. Correct it in launch.command.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：${p.flag} 需要${p.kind === 'not-a-number' ? '數字' : '列出的值之一'}。請在 launch.command 更正。`,
  },
  'engine.too-old': {
    en: (p: { deployment: string; engine: string; flag: string; installed: string; needed: string }) =>
      `Deployment "${p.deployment}": ${p.engine} ${p.installed} has no ${p.flag}, which ${p.engine} ${p.needed} has: the installed one is too old. Upgrade ${p.engine}, or take the flag out of launch.command.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：${p.engine} ${p.installed} 沒有 ${p.flag}，而 ${p.engine} ${p.needed} 有：已安裝的版本太舊。請升級 ${p.engine}，或從 launch.command 移除該旗標。`,
  },
  'engine.port-differs': {
    en: (p: { deployment: string; address: string; port: number }) =>
      `Deployment "${p.deployment}" is asked at ${p.address}, but launch.command makes the engine listen on port ${p.port}. Write the same port in both.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」的位址是 ${p.address}，但 launch.command 讓引擎監聽連接埠 ${p.port}。請把兩處寫成同一個連接埠。`,
  },
  'engine.port-shared': {
    en: (p: { deployment: string; other: string; address: string }) =>
      `Deployments "${p.other}" and "${p.deployment}" start different engines on ${p.address}. Give one of them another port.`,
    'zh-TW': (p) =>
      `部署「${p.other}」和「${p.deployment}」要在 ${p.address} 啟動不同的引擎。請為其中一個改用其他連接埠。`,
  },
  'engine.repository-missing': {
    en: (p: { deployment: string }) =>
      `Deployment "${p.deployment}" names launch.models, and its command has no --model-repository. Add the folder that the repository is to be written to, for example --model-repository ./.llm-architect/triton.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」設定了 launch.models，但指令沒有 --model-repository。請加上要寫入模型庫的資料夾，例如 --model-repository ./.llm-architect/triton。`,
  },
  'engine.repository-hides': {
    en: (p: { deployment: string; folder: string }) =>
      `Deployment "${p.deployment}" puts its model repository into ./${p.folder}, which would hide the Python package ${p.folder} from Triton. Give the folder another name.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」把模型庫放在 ./${p.folder}，這會讓 Triton 找不到同名的 Python 套件 ${p.folder}。請改用其他資料夾名稱。`,
  },
  'engine.port-taken': {
    en: (p: { deployment: string; address: string; by: string | null }) =>
      `Deployment "${p.deployment}": ${p.address} is in use${p.by === null ? ' by another program' : ` by process ${p.by}`}. Stop it, choose another port in address and launch.command, or take launch out to use the engine that runs there.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：${p.address} 已被${p.by === null ? '其他程式' : `程序 ${p.by}`}占用。請停止它、在 address 與 launch.command 改用其他連接埠，或移除 launch 以使用該處的引擎。`,
  },
  'engine.address-missing': {
    en: (p: { deployment: string }) =>
      `Deployment "${p.deployment}" has a launch command and no address. Write where the engine will answer, for example address: http://127.0.0.1:8000/v1.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」有啟動指令，卻沒有位址。請寫上引擎的位址，例如 address: http://127.0.0.1:8000/v1。`,
  },
  'engine.address-not-local': {
    en: (p: { deployment: string; address: string }) =>
      `Deployment "${p.deployment}" has a launch command, and an address on another machine: ${p.address}. An engine started here answers on 127.0.0.1; correct the address, or take launch out.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」有啟動指令，位址卻在另一台機器：${p.address}。在本機啟動的引擎位於 127.0.0.1；請更正位址，或移除 launch。`,
  },
})

export type LaunchProblemCode = keyof typeof problems

export const engineMessages = defineMessages({
  ...problems,
  'engine.launch-invalid': {
    en: (p: { problems: readonly Message[] }) =>
      [`${p.problems.length} things keep the engines from starting:`]
        .concat(p.problems.map((problem) => `  ${renderProblem(problem, 'en')}`))
        .join('\n'),
    'zh-TW': (p) =>
      [`有 ${p.problems.length} 個問題使引擎無法啟動：`]
        .concat(p.problems.map((problem) => `  ${renderProblem(problem, 'zh-TW')}`))
        .join('\n'),
  },
  'engine.older-than-design': {
    en: (p: { deployment: string; engine: string; installed: string; needed: string }) =>
      `Deployment "${p.deployment}": ${p.engine} ${p.installed} is older than ${p.needed}, whose flags the design knows. It has every flag that is used here.`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：${p.engine} ${p.installed} 比設計所依據的 ${p.needed} 舊，但這裡用到的旗標都有。`,
  },
  'engine.flags-not-validated': {
    en: (p: { deployment: string; checkedAgainst: string; unknown: readonly string[] }) =>
      `Deployment "${p.deployment}": the engine does not list its flags, so they were only compared with ${p.checkedAgainst} (unvalidated).${p.unknown.length > 0 ? ` Not found there: ${p.unknown.join(', ')}.` : ''}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：引擎沒有列出旗標，因此只與 ${p.checkedAgainst} 比對（未驗證）。${p.unknown.length > 0 ? `其中找不到：${p.unknown.join('、')}。` : ''}`,
  },
  'engine.flag-refused': {
    en: (p: Place & { line: string }) =>
      `Deployment "${p.deployment}": the engine refused its command line (${p.line}). Correct launch.command.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：引擎拒絕了它的指令列（${p.line}）。請更正 launch.command。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.model-missing': {
    en: (p: Place & { line: string }) =>
      `Deployment "${p.deployment}": the engine did not find its model (${p.line}). Check the model's path or name in launch.command, and whether the weights are there.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：引擎找不到模型（${p.line}）。請檢查 launch.command 中的模型路徑或名稱，以及權重檔是否存在。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.model-gated': {
    en: (p: Place) =>
      `Deployment "${p.deployment}": the hub does not give out this model without permission. Accept its licence there, and give launch.env a token: HF_TOKEN: \${env:HF_TOKEN}.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：模型庫要求授權才能取得這個模型。請先在該處接受授權條款，並在 launch.env 提供權杖：HF_TOKEN: \${env:HF_TOKEN}。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.model-unsupported': {
    en: (p: Place & { line: string }) =>
      `Deployment "${p.deployment}": this version of the engine does not know the model's architecture (${p.line}). Upgrade the engine, or choose another model.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：這個版本的引擎不支援該模型的架構（${p.line}）。請升級引擎，或改用其他模型。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.out-of-memory': {
    en: (p: Place) =>
      `Deployment "${p.deployment}": the engine was killed or refused for lack of main memory. Use a smaller model or precision, a shorter context or fewer sequences, or a machine with more memory.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：主記憶體不足，引擎被終止或無法配置。請改用較小的模型或精度、縮短上下文或減少並行序列，或使用記憶體更大的機器。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.out-of-gpu-memory': {
    en: (p: Place & { line: string }) =>
      `Deployment "${p.deployment}": the GPU's memory does not suffice (${p.line}). Use a smaller model or precision, a shorter context or fewer sequences, more GPUs, or end what else uses this one.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：GPU 記憶體不足（${p.line}）。請改用較小的模型或精度、縮短上下文或減少並行序列、增加 GPU，或結束占用該 GPU 的其他程式。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.no-cache-memory': {
    en: (p: Place) =>
      `Deployment "${p.deployment}": after the weights no memory is left for the KV cache. Raise --gpu-memory-utilization (on a CPU: VLLM_CPU_KVCACHE_SPACE), or use a smaller model or precision.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：載入權重後，沒有記憶體可供 KV 快取。請提高 --gpu-memory-utilization（CPU 上為 VLLM_CPU_KVCACHE_SPACE），或改用較小的模型或精度。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.cache-too-small': {
    en: (p: Place & { wanted: string | null; possible: string | null }) =>
      `Deployment "${p.deployment}": the KV cache is too small for one request of the full length${p.wanted === null ? '' : ` (${p.wanted} tokens)`}. Set --max-model-len to ${p.possible === null ? 'less' : `at most ${p.possible}`}, or give the engine more memory.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：KV 快取容不下一個最長的請求${p.wanted === null ? '' : `（${p.wanted} 個詞元）`}。請將 --max-model-len 設為${p.possible === null ? '較小的值' : `最多 ${p.possible}`}，或提供引擎更多記憶體。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.context-too-long': {
    en: (p: Place & { wanted: string | null; possible: string | null }) =>
      `Deployment "${p.deployment}": the model cannot take ${p.wanted ?? 'that many'} tokens. Set --max-model-len to ${p.possible === null ? 'what the model was made for' : `at most ${p.possible}`}.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：模型無法處理 ${p.wanted ?? '這麼多'} 個詞元。請將 --max-model-len 設為${p.possible === null ? '模型支援的長度' : `最多 ${p.possible}`}。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.gpu-missing': {
    en: (p: Place & { line: string }) =>
      `Deployment "${p.deployment}": the engine found no GPU that it can use (${p.line}). Check the driver with nvidia-smi, or run the engine's build for CPUs.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：引擎找不到可用的 GPU（${p.line}）。請以 nvidia-smi 檢查驅動程式，或改用引擎的 CPU 版本。${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.not-ready': {
    en: (p: Place & { seconds: number; line: string }) =>
      `Deployment "${p.deployment}": the engine did not answer within ${p.seconds} s. Allow more in launch.readyTimeoutSeconds, or see what it waits for.${p.line === '' ? '' : ` It said last: ${p.line}.`}${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：引擎在 ${p.seconds} 秒內沒有回應。請放寬 launch.readyTimeoutSeconds，或查看它在等什麼。${p.line === '' ? '' : `最後的輸出：${p.line}。`}${seeLog(p.log, 'zh-TW')}`,
  },
  'engine.ended': {
    en: (p: Place & { exit: string; line: string }) =>
      `Deployment "${p.deployment}": the engine ended before it answered (${p.exit}).${p.line === '' ? '' : ` It said last: ${p.line}.`} Read its output and correct launch.${seeLog(p.log, 'en')}`,
    'zh-TW': (p) =>
      `部署「${p.deployment}」：引擎在能回應之前就結束了（${p.exit}）。${p.line === '' ? '' : `最後的輸出：${p.line}。`}請查看輸出並更正 launch。${seeLog(p.log, 'zh-TW')}`,
  },
})

const renderProblem = ({ code, params }: Message, language: Language): string => {
  const rendering = problems[code as keyof typeof problems]
  return rendering[language](params as never)
}

/** Makes the errors of engines that are started here. */
export const engineError = errorFactory(engineMessages)
/** Makes a problem of a launch command; several together are `engine.launch-invalid`. */
export const launchProblem = messageFactory(problems)
export const engineRemark = messageFactory(engineMessages)

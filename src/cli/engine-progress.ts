// How long engines have been loading, for people who wait: `vllm: loading, 12 s`.

import type { CommandContext } from './command-context.js'
import type { ServeOptions } from './serve-system.js'
import type { Terminal } from './terminal.js'

export const engineProgress = (
  terminal: Terminal,
  text: CommandContext['text'],
): Required<Pick<ServeOptions, 'onEngine' | 'onRemark'>> => ({
  onEngine: (progress) => {
    const { engine, seconds } = progress
    if (progress.state === 'loading')
      terminal.status(text(`${engine}: loading, ${seconds} s`, `${engine}：載入中，${seconds} 秒`))
    else if (progress.state === 'missing') {
      const reason = terminal.render(progress.reason)
      terminal.note(
        text(
          `Warning: the engine ${engine} did not start; its routes go on with what else they have, and it is tried again with growing pauses. ${reason}`,
          `警告：引擎 ${engine} 無法啟動；其路由先以其他部署回答，系統會逐步延長間隔重試。${reason}`,
        ),
      )
    } else terminal.note(text(`${engine}: ready after ${seconds} s`, `${engine}：${seconds} 秒後就緒`))
  },
  onRemark: (remark) => terminal.note(terminal.render(remark)),
})

// How long engines have been loading, for people who wait: `vllm: loading, 12 s`.

import type { CommandContext } from './command-context.js'
import type { ServeOptions } from './serve-system.js'
import type { Terminal } from './terminal.js'

export const engineProgress = (
  terminal: Terminal,
  text: CommandContext['text'],
): Required<Pick<ServeOptions, 'onEngine' | 'onRemark'>> => ({
  onEngine: ({ engine, state, seconds }) => {
    if (state === 'loading')
      terminal.status(text(`${engine}: loading, ${seconds} s`, `${engine}：載入中，${seconds} 秒`))
    else terminal.note(text(`${engine}: ready after ${seconds} s`, `${engine}：${seconds} 秒後就緒`))
  },
  onRemark: (remark) => terminal.note(terminal.render(remark)),
})

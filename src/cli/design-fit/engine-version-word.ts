// The release of an engine as people write it. Knows no release's rules.

import type { EngineName } from '../../catalog/index.js'
import type { CommandContext } from '../command-context.js'
import { cliError } from '../messages.js'

/** `0.19.0`, `0.10.1.1`, `v0.8.5.post1`, `0.20.2rc1`, `vLLM 0.24`, `0.8.5 V0`, `0.11.1+cu128`. */
const release =
  /^(vllm|sglang|tensorrt[- _]?llm|trt[- _]?llm|tgi|text[- _]generation[- _]inference|llama[. _-]?cpp)?[\s:=@-]*v?\d{1,3}\.\d{1,4}(\.\d{1,4}){0,2}([.-]?(post|rc|dev|alpha|beta|a|b)\.?\d*)*(\+[\w.]+)?(\s+v[01])?$/i

/** llama.cpp numbers its builds: `b6123`. */
const build = /^b?\d{3,6}$/i

const examples: Readonly<Record<EngineName, string>> = {
  vllm: '0.28.0',
  sglang: '0.5.10',
  trtllm: '1.2.0',
  tgi: '3.3.0',
  'llama.cpp': 'b6123',
}

/** What is also written, behind the example. */
const also: Readonly<Partial<Record<EngineName, { readonly en: string; readonly 'zh-TW': string }>>> = {
  vllm: { en: ' (0.8.5 V0 for its older engine)', 'zh-TW': '（舊引擎為 0.8.5 V0）' },
}

/** @throws `cli.bad-argument` with the form that is known */
export const engineVersionWord = (
  {
    word,
    name,
    isNumber,
  }: { readonly word: string | undefined; readonly name: string; readonly isNumber: boolean },
  engine: EngineName,
  text: CommandContext['text'],
): string | undefined => {
  if (word === undefined) return undefined
  const isBuild = engine === 'llama.cpp' && build.test(word)
  if (!isNumber && (isBuild || release.test(word.trim()))) return word.trim()
  throw cliError('cli.bad-argument', {
    detail: isNumber
      ? text(
          `${name}: ${word} is a number, in which 0.1 and 0.10 are the same. Write it as text: "${examples[engine]}".`,
          `${name}：${word} 是數字，無法區分 0.1 與 0.10。請寫成文字：「${examples[engine]}」。`,
        )
      : text(
          `${name}: "${word}" is not a release. Write it as ${examples[engine]}${also[engine]?.en ?? ''}.`,
          `${name}：「${word}」不是版本號。請寫成 ${examples[engine]}${also[engine]?.['zh-TW'] ?? ''}。`,
        ),
  })
}

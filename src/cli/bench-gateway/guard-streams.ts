// The texts on which `bench gateway` times guards: the beginnings of paragraphs that the repository ships, in English
// and Traditional Chinese, and the token after which a guard may say the first of each.

import { readFile } from 'node:fs/promises'
import { createGuardrails } from '../../guardrails/index.js'
import type { GuardrailPolicy } from '../../spec/index.js'
import { cutTokens, type TokenStreams } from '../../verify/index.js'
import { packageFile } from '../package-file.js'

const sources = { en: 'xquad/xquad.en.json', zh: 'drcd/drcd.json' } as const
const textsOfEach = 40
const tokensOfEach = 24

interface Squad {
  readonly data: readonly { readonly paragraphs: readonly { readonly context: string }[] }[]
}

export const readTokenStreams = async (): Promise<TokenStreams> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(sources).map(async ([language, path]) => {
        const { data } = JSON.parse(await readFile(packageFile(`benchmarks/data/${path}`), 'utf8')) as Squad
        const contexts = data.flatMap(({ paragraphs }) => paragraphs.slice(0, 1))
        const texts = contexts
          .slice(0, textsOfEach)
          .map(({ context }) => cutTokens(context).slice(0, tokensOfEach))
        return [language, texts] as const
      }),
    ),
  )

/** For each text, the number of tokens after which the guard of a policy lets something of it go. */
export const decidedBy = (
  texts: readonly (readonly string[])[],
  policy: GuardrailPolicy,
): readonly number[] => {
  const guardrails = createGuardrails({ policies: [policy] })
  return texts.map((tokens) => {
    const guard = guardrails.createStreamGuard({ policy: policy.id })
    const at = tokens.findIndex((token) => guard.push(token) !== '')
    return at < 0 ? tokens.length + 1 : at + 1
  })
}

// One round of killing with an engine that `serve` started: under load the engine is killed, or `serve` is, or it is
// told to stop as by Ctrl-C. Whoever had no answer yet must get one, nobody may wait for ever, the engine must come
// back, and no process may be left over.

import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import type { Random } from '../../src/core/index.js'
import { type EngineProject, enginePids } from './engine-project.js'
import { childrenOf, leftOver } from './processes.js'

export type EngineVictim = 'engine' | 'serve' | 'ctrl-c'

export interface EngineRound {
  readonly victim: EngineVictim
  readonly answered: number
  /** Answers of the fallback. */
  readonly byFallback: number
  /** Requests that failed although nothing had been answered and the system was there to answer. */
  readonly lost: readonly string[]
  /** Requests that did not end in time. */
  readonly hung: number
  /** From the kill of the engine to its next readiness; null where something else was killed. */
  readonly backAfterMs: number | null
  /** Processes of the system that were still there afterwards. */
  readonly orphans: readonly number[]
}

interface Answer {
  readonly startedMs: number
  readonly end: 'answered' | 'refused' | 'broken' | 'failed' | 'hung'
  /** Whether any content had come before the end. */
  readonly hadContent: boolean
  readonly answeredBy: string
  readonly detail: string
}

const clients = 4
const hungAfterMs = 30_000
const backWithinMs = 30_000

export interface EngineRoundOptions {
  readonly victim: EngineVictim
  readonly random: Random
  readonly goneWithinMs?: number
  /** Runs already. Default: one that is started here. */
  readonly running?: ServeProcess
  /** Whether `serve` runs on after its engine was killed, for another round. Default: it is told to stop. */
  readonly goesOn?: boolean
}

export const startRounds = async ({ architectureFile }: EngineProject): Promise<ServeProcess> => {
  const system = await startServeProcess(architectureFile)
  await system.ready
  return system
}

export const runEngineRound = async (
  project: EngineProject,
  { victim, random, goneWithinMs = 15_000, running, goesOn = false }: EngineRoundOptions,
): Promise<EngineRound> => {
  const { enginePort } = project
  const system = running ?? (await startRounds(project))
  const engine = await enginePids(enginePort)
  const family = new Set([...(goesOn ? [] : childrenOf(system.pid).map(({ pid }) => pid)), ...engine])

  const load = startLoad(system.url, project.model)
  await load.begun
  await delay(random.integer(900))
  const killedMs = performance.now()
  let backAfterMs: number | null = null
  if (victim === 'engine') {
    process.kill(engine[0] as number, 'SIGKILL')
    backAfterMs = await untilBack(system.url, killedMs)
    await delay(300)
  } else if (victim === 'serve') process.kill(system.pid, 'SIGKILL')
  else interruptGroup(system)
  if (victim !== 'engine') await system.exited
  const answers = await load.stop()
  if (victim === 'engine' && !goesOn) {
    for (const pid of await enginePids(enginePort)) family.add(pid)
    for (const { pid } of childrenOf(system.pid)) family.add(pid)
    system.stop()
    await system.exited
  }
  const orphans = await leftOver([...family], goneWithinMs)
  return { victim, backAfterMs, orphans, ...judge(answers, victim, killedMs) }
}

const judge = (answers: readonly Answer[], victim: EngineVictim, killedMs: number) => ({
  answered: answers.filter(({ end }) => end === 'answered').length,
  byFallback: answers.filter(({ end, answeredBy }) => end === 'answered' && answeredBy === 'extractive')
    .length,
  hung: answers.filter(({ end }) => end === 'hung').length,
  lost: answers
    .filter(({ end }) => end !== 'answered' && end !== 'hung')
    .filter((answer) => !isExcused(answer, victim, killedMs))
    .map(({ end, detail }) => `${end}: ${detail}`),
})

/** An answer that had begun cannot be begun again elsewhere; a system that is gone or leaving answers nobody. */
const isExcused = (
  { end, hadContent, startedMs }: Answer,
  victim: EngineVictim,
  killedMs: number,
): boolean => {
  if (victim === 'engine') return hadContent && end === 'broken'
  if (victim === 'serve') return true
  return end === 'refused' || (end === 'failed' && startedMs >= killedMs)
}

const startLoad = (url: string, model: string) => {
  const stop = new AbortController()
  const answers: Answer[] = []
  const begun = Promise.withResolvers<void>()
  const client = async (number: number) => {
    for (let i = 0; !stop.signal.aborted; i++) {
      const answer = await ask(url, model, (i + number) % 2 === 0)
      answers.push(answer)
      if (answer.end === 'answered' || answer.end === 'hung') begun.resolve()
      // Nobody listens any more: the next request would fail as fast as it is made.
      if (answer.end === 'failed' || answer.end === 'refused') await delay(50)
    }
  }
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return {
    /** Resolves when the first client has its answer. */
    begun: begun.promise,
    stop: async () => {
      stop.abort()
      await running
      return answers
    },
  }
}

const ask = async (url: string, model: string, stream: boolean): Promise<Answer> => {
  const startedMs = performance.now()
  let text = ''
  let answeredBy = ''
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        stream,
        messages: [{ role: 'user', content: 'What does a transfer cost?' }],
      }),
      signal: AbortSignal.timeout(hungAfterMs),
    })
    answeredBy = response.headers.get('x-answered-by') ?? ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true })
    const isWhole = response.status === 200 && (stream ? text.includes('data: [DONE]') : isAnswer(text))
    const isError = text.includes('"error"')
    const end = isWhole && !isError ? 'answered' : response.status === 503 ? 'refused' : 'broken'
    return { startedMs, answeredBy, end, hadContent: text.includes('"content"'), detail: text.slice(-300) }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const hadContent = text.includes('"content"')
    const end = isLate ? 'hung' : hadContent ? 'broken' : 'failed'
    return { startedMs, answeredBy, end, hadContent, detail: String((error as Error).cause ?? error) }
  }
}

const isAnswer = (text: string): boolean => {
  try {
    return 'choices' in (JSON.parse(text) as object)
  } catch {
    return false
  }
}

const untilBack = async (url: string, sinceMs: number): Promise<number> => {
  let wasDown = false
  while (performance.now() - sinceMs < backWithinMs) {
    const { checks } = (await (await fetch(`${url}/health`)).json()) as { checks: Record<string, string> }
    wasDown ||= checks['engine:engine'] !== 'ok'
    if (wasDown && checks['engine:engine'] === 'ok') return performance.now() - sinceMs
    await delay(20)
  }
  throw new Error(
    `the engine was not back within ${backWithinMs} ms${wasDown ? '' : ', nor seen to be away'}`,
  )
}

/** Ctrl-C reaches every process of the terminal's group: `serve` and those of its children that have not left it. */
const interruptGroup = (system: ServeProcess): void => {
  const group = groupOf(system.pid)
  const members = childrenOf(system.pid).filter(({ pid }) => groupOf(pid) === group)
  for (const pid of [system.pid, ...members.map((member) => member.pid)]) process.kill(pid, 'SIGINT')
}

const groupOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]
  } catch {
    return undefined
  }
}

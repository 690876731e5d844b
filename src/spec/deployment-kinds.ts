// What chat, embedding and rerank deployments may be used for: the problems of routes and knowledge bases that name
// the wrong kind.

import { suggest } from '../core/index.js'
import type { Architecture, DeploymentKind, KnowledgeBase, Route, Strategy } from './architecture.js'
import { deploymentsOf } from './deployments-of.js'
import { problemMessage } from './messages.js'
import type { DocumentPath, Problem } from './problem.js'
import type { YamlDocument } from './yaml-document.js'

export const kindProblems = (document: YamlDocument, architecture: Architecture): Problem[] => {
  const kinds = new Map(architecture.deployments.map(({ id, kind }) => [id, kind]))
  return [
    ...architecture.routes.flatMap((route, index) => problemsOfRoute(document, { route, index, kinds })),
    ...architecture.knowledge.flatMap((base, index) => problemsOfKnowledge(document, { base, index, kinds })),
  ]
}

type Kinds = ReadonlyMap<string, DeploymentKind>

const onlyForChat = ['knowledge', 'prompt', 'cache', 'onDisconnect', 'drainCap'] as const

const problemsOfRoute = (
  document: YamlDocument,
  { route, index, kinds }: { readonly route: Route; readonly index: number; readonly kinds: Kinds },
): Problem[] => {
  const used = new Set(deploymentsOf(route.strategy).flatMap(({ id }) => kinds.get(id) ?? []))
  const [kind = 'chat', ...others] = used
  if (others.length > 0) {
    const message = problemMessage('spec.mixed-kinds', { route: route.name, kinds: [...used] })
    return [document.problemAt(['routes', index, 'strategy'], message)]
  }
  if (kind === 'chat') return []
  const unfit = (path: DocumentPath, key: string) =>
    document.problemAt(path, problemMessage('spec.not-for-kind', { key, kind }), { atKey: true })
  const strategy = chatStrategyIn(route.strategy)
  return [
    ...(strategy === undefined ? [] : [unfit(['routes', index, 'strategy'], strategy)]),
    ...onlyForChat.filter((key) => route[key] !== undefined).map((key) => unfit(['routes', index, key], key)),
  ]
}

/** The first strategy of a tree that only chat can follow. */
const chatStrategyIn = (strategy: Strategy): string | undefined => {
  if ('deployment' in strategy) return undefined
  if (!('fallback' in strategy)) return Object.keys(strategy)[0]
  return strategy.fallback.map(chatStrategyIn).find((name) => name !== undefined)
}

const problemsOfKnowledge = (
  document: YamlDocument,
  { base, index, kinds }: { readonly base: KnowledgeBase; readonly index: number; readonly kinds: Kinds },
): Problem[] => {
  const wanted = { embeddings: 'embedding', rerank: 'rerank' } as const
  return (['embeddings', 'rerank'] as const).flatMap((key) => {
    const endpoint = base[key]
    if (!endpoint) return []
    const path: DocumentPath = ['knowledge', index, key]
    const { deployment, address, model } = endpoint
    const isEndpoint = address !== undefined && model !== undefined && deployment === undefined
    if (isEndpoint) return []
    if (deployment === undefined || address !== undefined || model !== undefined)
      return [document.problemAt(path, problemMessage('spec.endpoint-or-deployment', { key }))]
    const problem = referenceProblem(deployment, wanted[key], kinds)
    return problem ? [document.problemAt([...path, 'deployment'], problem)] : []
  })
}

const referenceProblem = (id: string, expected: DeploymentKind, kinds: Kinds) => {
  const known = [...kinds].filter(([, kind]) => kind === expected).map(([name]) => name)
  const kind = kinds.get(id)
  if (kind === expected) return undefined
  if (kind !== undefined) return problemMessage('spec.wrong-kind', { id, kind, expected, known })
  const suggestion = suggest(id, known)
  return problemMessage('spec.unknown-reference', {
    kind: 'deployment',
    id,
    known,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

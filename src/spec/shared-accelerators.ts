// Deployments on the same accelerators: whom they name, and whether their shares of the memory fit beside each other.

import { suggest } from '../core/index.js'
import type { Architecture } from './architecture.js'
import { problemMessage } from './messages.js'
import type { Problem } from './problem.js'
import type { YamlDocument } from './yaml-document.js'

export const sharingProblems = (document: YamlDocument, { deployments }: Architecture): Problem[] => [
  ...unknownHosts(document, deployments),
  ...overfullGroups(document, deployments),
]

type Deployments = Architecture['deployments']

const unknownHosts = (document: YamlDocument, deployments: Deployments): Problem[] =>
  deployments.flatMap(({ id, hardware }, index) => {
    const host = hardware?.sharesWith
    const known = deployments.map((deployment) => deployment.id).filter((other) => other !== id)
    if (host === undefined || known.includes(host)) return []
    const suggestion = suggest(host, known)
    const params = {
      kind: 'deployment',
      id: host,
      known,
      ...(suggestion === undefined ? {} : { suggestion }),
    }
    const path = ['deployments', index, 'hardware', 'sharesWith']
    return [document.problemAt(path, problemMessage('spec.unknown-reference', params))]
  })

/** A group is a deployment and those that name it. */
const overfullGroups = (document: YamlDocument, deployments: Deployments): Problem[] =>
  deployments.flatMap(({ id }, index) => {
    const group = deployments.filter((one) => one.hardware?.sharesWith === id)
    if (group.length === 0) return []
    const shares = [...group, deployments[index]].map((one) => one?.hardware?.memoryShare ?? 0)
    const sum = shares.reduce((total, share) => total + share, 0)
    if (sum <= 1 + 1e-9) return []
    const message = problemMessage('spec.shares-exceed', { id, sum })
    return [document.problemAt(['deployments', index, 'hardware'], message)]
  })

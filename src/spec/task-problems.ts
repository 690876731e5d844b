// The tasks of a use case against the rest of requirements.yaml: names that the design would use twice, and targets of
// tasks that are not there.

import { suggest } from '../core/index.js'
import { problemMessage } from './messages.js'
import type { Problem } from './problem.js'
import { itemsOf, valueAt } from './raw-items.js'
import type { YamlDocument } from './yaml-document.js'

export const taskProblems = (document: YamlDocument): Problem[] => [
  ...namesTwice(document),
  ...targetsWithoutTask(document),
]

const tasksOf = (document: YamlDocument) =>
  itemsOf(document, [['useCase', 'tasks']]).flatMap(({ item, path }) => {
    const { id } = item as { id?: unknown }
    return typeof id === 'string' ? [{ id, path: [...path, 'id'] }] : []
  })

/** Each task has a route of its own beside that of the whole system, which has the system's name. */
const namesTwice = (document: YamlDocument): Problem[] => {
  const lines = new Map<unknown, number>([[valueAt(document.data, ['name']), document.lineOf(['name'])]])
  return tasksOf(document).flatMap(({ id, path }) => {
    const firstLine = lines.get(id)
    if (firstLine !== undefined)
      return [document.problemAt(path, problemMessage('spec.duplicate-id', { id, firstLine }))]
    lines.set(id, document.lineOf(path))
    return []
  })
}

const ofTasks: readonly unknown[] = ['task-accuracy', 'escalated']

const targetsWithoutTask = (document: YamlDocument): Problem[] => {
  const known = tasksOf(document).map(({ id }) => id)
  const lists = [
    ['quality', 'targets'],
    ['safety', 'targets'],
  ]
  return itemsOf(document, lists).flatMap(({ item, path }) => {
    const { metric, task } = item as { metric?: unknown; task?: unknown }
    if (!ofTasks.includes(metric)) return []
    if (known.length === 0)
      return [
        document.problemAt([...path, 'metric'], problemMessage('spec.no-task', { metric: String(metric) })),
      ]
    if (typeof task !== 'string' || known.includes(task)) return []
    const suggestion = suggest(task, known)
    const params = { kind: 'task', id: task, known, ...(suggestion === undefined ? {} : { suggestion }) }
    return [document.problemAt([...path, 'task'], problemMessage('spec.unknown-reference', params))]
  })
}

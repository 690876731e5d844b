// The chaos matrix as a page of the documentation.

import { type CellResult, clients } from './chaos-cell.js'
import { dialects } from './chaos-dialects.js'
import { faults } from './chaos-upstreams.js'

const intro = `# What happens when an upstream fails

Every cell below is run by \`src/gateway/chaos.test.ts\` on real sockets and ends in a typed error (the HTTP status and the
code, or the code of the error event of a stream that had begun), in the answer of another deployment, or in a
cancellation; never in a clean end, never later than the deadline of the request and a second, and with exactly one
settled ledger row for each attempt. This page is written by that test (\`vitest -u\`), which also checks it.

A client that stays is shown on a route with a single deployment, and on one with a second deployment that is well. One
that disconnects does so while it waits; one that never reads leaves everything that it was sent in the socket.
`

export const renderChaos = (results: readonly CellResult[]): string =>
  [
    intro,
    ...dialects.flatMap(({ name }) => [true, false].map((isStream) => table(name, isStream, results))),
  ].join('\n')

const table = (dialect: string, isStream: boolean, results: readonly CellResult[]): string => {
  const rows = faults.map((fault) => {
    const outcomes = clients.map(
      (client) =>
        results.find(
          ({ cell }) =>
            cell.dialect.name === dialect &&
            cell.isStream === isStream &&
            cell.fault === fault &&
            cell.client === client,
        )?.outcome ?? 'not run',
    )
    return row([fault.name, ...outcomes])
  })
  const head = row(['the upstream', 'client stays', 'with a second deployment', 'disconnects', 'never reads'])
  return [
    `## ${dialect}, ${isStream ? 'streamed' : 'whole'}`,
    '',
    head,
    row(Array(5).fill('---')),
    ...rows,
    '',
  ].join('\n')
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

import { expect, it } from 'vitest'
import { flatValues } from './flat-values.js'

it('names every leaf by its path, items by their id, and a command flag by flag', () => {
  const values = flatValues({
    server: { port: 8700 },
    deployments: [
      {
        id: 'main',
        launch: { command: ['vllm', 'serve', 'm', '--max-num-seqs', '8', '--enable-x', '--y=1'] },
      },
    ],
    languages: ['en', 'zh-TW'],
    prices: [1, 2],
  })
  expect(Object.fromEntries(values)).toEqual({
    'server.port': '8700',
    'deployments[main].id': 'main',
    'deployments[main].launch.command': 'vllm serve m',
    'deployments[main].launch.command --max-num-seqs': '8',
    'deployments[main].launch.command --enable-x': 'on',
    'deployments[main].launch.command --y': '1',
    languages: 'en zh-TW',
    'prices[0]': '1',
    'prices[1]': '2',
  })
})

it('keeps each field of a flag that stands several times', () => {
  const values = flatValues({ command: ['tritonserver', '--backend-config=a,b=1', '--backend-config=a,c=2'] })
  expect(values.get('command --backend-config')).toBe('a,b=1, a,c=2')
})

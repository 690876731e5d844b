import { expect, it } from 'vitest'
import { createMetrics } from './create-metrics.js'

it('breakers and queues are read with the metrics, and what is gone leaves no series behind', async () => {
  const metrics = createMetrics()
  let deployments = [
    {
      deployment: 'main',
      keys: [
        { key: 'env:ONE', state: 'open' },
        { key: 'env:TWO', state: 'half-open' },
        { key: 'env:THREE', state: 'closed' },
      ] as const,
      seats: { running: 2, waiting: 5 },
    },
  ]
  metrics.observeDeployments(() => deployments)
  const { text } = await metrics.read()
  for (const [key, value] of Object.entries({ ONE: 1, TWO: 0.5, THREE: 0 }))
    expect(text).toContain(`llm_architect_breaker_open{deployment="main",key="env:${key}"} ${value}`)
  expect(text).toContain('llm_architect_deployment_requests_running{deployment="main"} 2')
  expect(text).toContain('llm_architect_deployment_requests_waiting{deployment="main"} 5')
  deployments = []
  expect((await metrics.read()).text).not.toContain('deployment="main"')
})

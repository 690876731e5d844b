import { expect, it } from 'vitest'
import { parseArchitecture } from '../spec/index.js'
import { tritonOptions } from './triton-options.js'

const deploymentWith = (options: string) => {
  const text = `version: 1
name: small
deployments:
  - { id: t, engine: triton, model: m, address: 'http://127.0.0.1:8000', options: ${options} }
routes:
  - { name: chat, strategy: { deployment: t } }
`
  const [deployment] = parseArchitecture(text, 'architecture.yaml').deployments
  if (!deployment) throw new Error('no deployment')
  return deployment
}

it('default to the backend whose repositories we write, and to ChatML', () => {
  expect(tritonOptions(deploymentWith('{}'))).toEqual({ dialect: 'vllm', template: 'chatml' })
})

it('may spell a template out', () => {
  const { template } = tritonOptions(
    deploymentWith(`{ template: { message: '[{role}] {content}', answer: '[a]' } }`),
  )
  expect(template).toEqual({ start: '', message: '[{role}] {content}', answer: '[a]', stop: [], markers: [] })
})

it.each([
  [`{ dialect: onnx }`, /options\.dialect/],
  [`{ template: { message: 'no place for it', answer: '' } }`, /options\.template/],
  [`{ tempalte: chatml }`, /tempalte/],
])('are refused with the place of the fault: %s', (options, place) => {
  expect(() => tritonOptions(deploymentWith(options))).toThrow(place)
})

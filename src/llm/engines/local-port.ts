// The process that runs a local model, as far as the engine knows it. A supervised child has this shape.

export interface LlamaPort {
  /** Resolves when the model is loaded. */
  readonly ready: Promise<void>
  request<T>(
    method: string,
    params: unknown,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (value: unknown) => void },
  ): Promise<T>
  close(): Promise<void>
}

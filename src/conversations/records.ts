// What is kept for clients, and what can be done with it. Every call names the owner: what another owner has is not
// there.

/** Whose records they are: a key of a tenant. */
export interface Owner {
  readonly tenant: string
  readonly keyId: string
}

type Json = Readonly<Record<string, unknown>>

/** A message, a tool call, a tool's output and so on. */
export type Item = Json & { readonly id: string }

export interface KeptResponse {
  readonly id: string
  /** The response it continues. */
  readonly previousId: string | null
  /** The conversation that its items were added to. */
  readonly conversationId: string | null
  /** What it was asked, without what the responses before it hold. */
  readonly input: readonly Item[]
  /** As it was answered, with its `output`. */
  readonly response: Json & { readonly output?: unknown }
}

/** A response that is still answered. */
export interface RunningResponse extends KeptResponse {
  /** What `response` becomes when whoever answers it is gone. */
  readonly ifAbandoned: Json
}

/** How it ended. */
export interface EndedResponse extends Pick<KeptResponse, 'id' | 'conversationId' | 'response'> {
  /** The events that its stream had, as text; null where nobody knows them. */
  readonly events: string | null
}

export interface ResponseChain {
  /** Oldest first; empty when the response that was asked for is not there. */
  readonly responses: readonly KeptResponse[]
  /** A response before the oldest that is not there any more; null when the chain is whole. */
  readonly missing: string | null
}

export interface Conversation {
  readonly id: string
  readonly metadata: Json
  readonly createdAt: Date
}

export interface Conversations {
  /** Durable once it resolves. @param added to its conversation, in the same step */
  keepResponse(owner: Owner, response: KeptResponse, added: readonly Item[]): Promise<void>
  /**
   * Durable once it resolves. It is running until `endResponse`, or until it was not renewed for `responseLeaseMs`: then
   * whoever answered it is gone, and it is what `ifAbandoned` says.
   */
  beginResponse(owner: Owner, response: RunningResponse): Promise<void>
  /** @returns false when it is not running: somebody else ended or deleted it, or it was given up */
  renewResponse(owner: Owner, id: string): Promise<boolean>
  /** Durable once it resolves. @param added to its conversation, in the same step @returns as `renewResponse` */
  endResponse(owner: Owner, response: EndedResponse, added: readonly Item[]): Promise<boolean>
  /** The events of a response that has ended; null where they were not kept. */
  responseEvents(owner: Owner, id: string): Promise<string | null>
  findResponse(owner: Owner, id: string): Promise<KeptResponse | undefined>
  /** Items of the output of responses, by their ids; those that are there. */
  findItems(owner: Owner, ids: readonly string[]): Promise<readonly Item[]>
  /** A response and those it continues. */
  chain(owner: Owner, id: string): Promise<ResponseChain>
  /** @returns false when it was not there */
  removeResponse(owner: Owner, id: string): Promise<boolean>

  create(owner: Owner, conversation: Omit<Conversation, 'createdAt'>): Promise<Conversation>
  find(owner: Owner, id: string): Promise<Conversation | undefined>
  /** @returns undefined when it was not there */
  setMetadata(owner: Owner, id: string, metadata: Json): Promise<Conversation | undefined>
  /** With its items. @returns false when it was not there */
  remove(owner: Owner, id: string): Promise<boolean>
  /** In the order of the list, after those that are there. */
  addItems(owner: Owner, id: string, items: readonly Item[]): Promise<void>
  /** All of a conversation, oldest first. */
  items(owner: Owner, id: string): Promise<readonly Item[]>
  /** @returns false when it was not there */
  removeItem(owner: Owner, id: string, itemId: string): Promise<boolean>

  /**
   * From here on old responses are deleted, the first after an hour: a system that is closed before, since it was
   * refused, has deleted nothing.
   */
  start(): void
  close(): Promise<void>
}

// The provider mock's own tokenizer. Deliberately no relative of the product's estimate, so that a ledger that
// counted for itself instead of reading the provider's usage would not agree with the invoice.

/** One token for each Han character, each started group of four letters or digits, and each other sign. */
export const countProviderTokens = (text: string): number => {
  let tokens = 0
  for (const [piece] of text.matchAll(/\p{Script=Han}|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu))
    tokens += /^\p{Script=Han}/u.test(piece) ? 1 : Math.ceil(piece.length / 4)
  return tokens
}

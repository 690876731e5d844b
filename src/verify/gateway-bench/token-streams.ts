// Texts as a model would stream them, token by token, and how a request says which one it wants. Knows no guard.

/** By language, texts cut into the pieces that come one after another. */
export type TokenStreams = Readonly<Record<string, readonly (readonly string[])[]>>

/**
 * A text cut as byte-pair tokenizers cut it first: words with the space before them, numbers of up to three digits,
 * signs; a Chinese word of two characters, a long word in two halves.
 */
export const cutTokens = (text: string): readonly string[] =>
  (
    text.match(/\p{Script=Han}{1,2}| ?[[\p{L}\p{M}]--\p{Script=Han}]+|\d{1,3}| ?[^\s\p{L}\p{M}\d]+|\s/gv) ??
    []
  ).flatMap((piece) =>
    piece.length > 9 ? [piece.slice(0, piece.length >> 1), piece.slice(piece.length >> 1)] : [piece],
  )

const mark = 'token-stream'

export const tokenMark = (language: string, index: number): string => `${mark}-${language}-${index}`

/** The pieces a request asks for; undefined when it asks for none. */
export const askedTokens = (body: string, streams: TokenStreams): readonly string[] | undefined => {
  const [, language = '', index] = /token-stream-([a-z]+)-(\d+)/.exec(body) ?? []
  return streams[language]?.[Number(index)]
}

// A GBNF expression as a regular expression, to try texts on it without a model. Knows no rule but `char`.

const character = String.raw`(?:[^"\\\x7F\x00-\x1F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))`

const pieces = /"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\bchar\b|[(]|\s+/g

export const gbnfMatcher = (expression: string): RegExp => {
  const source = expression.replace(pieces, (piece) => {
    if (piece.startsWith('"')) return `(?:${escaped(JSON.parse(piece))})`
    if (piece.startsWith('['))
      return piece.replace(/\\U([0-9A-F]{8})/g, (_, hex) => `\\u{${hex.replace(/^0+/, '')}}`)
    if (piece === 'char') return character
    return piece === '(' ? '(?:' : ''
  })
  return new RegExp(`^(?:${source})$`, 'u')
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

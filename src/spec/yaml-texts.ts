// What the parser of YAML says is wrong, in Traditional Chinese. Knows no file.

/** Its messages, as yaml 2.9 words them; `$1` is what the pattern caught. */
const texts: readonly (readonly [RegExp, string])[] = [
  // Indentation.
  [/^All mapping items must start at the same column$/, '同一層的鍵必須對齊同一欄'],
  [/^All sequence items must start at the same column$/, '同一清單的「-」必須對齊同一欄'],
  [/^Tabs are not allowed as indentation$/, '縮排不可使用定位字元（tab），請改用空格'],
  [/^Block scalar values in collections must be indented$/, '「|」或「>」之後的文字必須縮排'],
  [/^Block scalar lines must not be less indented than their .+$/, '「|」或「>」之後的各行縮排不足'],
  [
    /^Block scalars with more-indented leading empty lines must use an explicit indentation indicator$/,
    '「|」或「>」之後開頭的空行縮排比內文還多',
  ],
  [/^Flow end indicator should be more indented than parent$/, '結尾的括號縮排不足'],
  [
    /^Flow \w+ (?:in block collection must be sufficiently indented and|must) end with a (.)$/,
    '括號沒有以「$1」結束，或縮排不足',
  ],
  // Keys.
  [/^Map keys must be unique$/, '同一個鍵出現兩次'],
  [
    /^Nested mappings are not allowed in compact mappings$/,
    '同一行有兩個「: 」，或縮排多了一層；含「: 」的文字請加引號',
  ],
  [/^Implicit keys need to be on a single line$/, '此處應是「鍵: 值」，但冒號後沒有空格，或沒有冒號'],
  [/^Implicit map keys need to be followed by map values$/, '鍵之後缺少「:」'],
  [/^Missing space after : in flow \w+$/, '「:」之後缺少空格'],
  [/^The : indicator must be at most 1024 chars .+$/, '鍵太長：「:」必須在 1024 個字元之內'],
  // Quotes, brackets and lists.
  [/^Missing closing (.)quote$/, '引號 $1 沒有結束'],
  [/^Invalid escape sequence (.+)$/, '雙引號中不認得「$1」；反斜線請寫成 \\\\，或改用單引號'],
  [/^Missing , (?:or : )?between flow \w+ items$/, '括號內的項目之間缺少「,」'],
  [/^Unexpected (?:,|empty item) in flow \w+$/, '括號內多了一個「,」'],
  [/^Block collections are not allowed within flow collections$/, '括號內不可使用以縮排寫成的清單或鍵'],
  [/^Unexpected block-seq-ind on same line with key$/, '清單的「-」不可與鍵同一行，請換行寫'],
  [/^Sequence item without - indicator$/, '清單的項目缺少「-」'],
  // Words where none may stand.
  [/^Unexpected (?:scalar|\S*quoted-scalar) at node end$/, '值已結束，後面卻還有文字；請將整段文字加上引號'],
  [/^Unexpected \S+ at node end$/, '值已結束，後面卻還有內容'],
  [/^Unexpected \S+ token in YAML (?:stream|document): "(.+)"$/s, '此處不該有「$1」'],
  [/^Unexpected (\S+) in .+$/, '此處不該有「$1」'],
  [/^Block scalar header includes extra characters: (.+)$/, '「$1」的「|」或「>」之後須換行'],
  [/^Plain value cannot start with .+? (?:character )?(\S)$/, '值不可以「$1」開頭，請加上引號'],
  [/^Comments must be separated from other tokens by white space characters$/, '「#」之前必須有空格'],
  // Anchors, aliases and tags.
  [
    /^Unresolved alias \(the anchor must be set before the alias\): (.+)$/,
    '別名「*$1」沒有對應的錨點；以「*」開頭的文字請加引號',
  ],
  [/^Excessive alias count indicates a resource exhaustion attack$/, '別名展開後太大'],
  [/^(?:Alias|Anchor) cannot be an empty string$/, '「*」或「&」之後缺少名稱'],
  [/^Tags and anchors must be separated from the next token by white space$/, '標籤或錨點之後必須有空格'],
  [/^Unresolved tag: (.+)$/, '不認得標籤「$1」'],
]

/** @param written what the parser says; of what is not in the table its own words, marked as such */
export const yamlErrorInChinese = (written: string): string => {
  for (const [pattern, chinese] of texts) {
    const found = pattern.exec(written)
    if (found) return `${chinese.replace(/\$(\d)/g, (_, group) => found[Number(group)] ?? '')}。`
  }
  return `YAML 解析器說「${written}」。`
}

import { nextPart } from '../sql/text.ts'

const part = '(?:"[^"]+"|[\\w$]+)'
const names = `${part}(?:\\s*,\\s*${part})*`
const insertRows = new RegExp(
  `^INSERT\\s+INTO\\s+${part}(?:\\.${part})?\\s*(?:\\(\\s*${names}\\s*\\)\\s*)?VALUES\\s*(?=\\()`,
  'i',
)

/** Characters of a piece, roughly. */
const pieceCharacters = 64 * 1024

/**
 * An INSERT of rows in statements of a bounded size that are all right if it is, and only then: its rows, each piece under the same
 * head. None of it is to be run. Null for any other statement.
 */
export function rowPieces(sql: string): Iterable<string> | null {
  const head = insertRows.exec(sql)?.[0]
  return head === undefined ? null : piecesOf(sql, head)
}

function* piecesOf(sql: string, head: string): Generator<string> {
  let from = head.length
  for (const end of rowEnds(sql, from)) {
    if (end - from < pieceCharacters) continue
    const next = nextRow(sql, end)
    if (next === undefined) break
    yield head + sql.slice(from, end)
    from = next
  }
  yield head + sql.slice(from)
}

/** Where the row behind the one that ends at `end` begins. */
function nextRow(sql: string, end: number): number | undefined {
  const between = /\s*,\s*(?=\()/y
  between.lastIndex = end
  return between.test(sql) ? between.lastIndex : undefined
}

/** Behind each row; ends where anything but rows follows. */
function* rowEnds(sql: string, from: number): Generator<number> {
  let depth = 0
  let at = from
  for (let part = nextPart(sql, from); at < sql.length; part = nextPart(sql, at)) {
    const end = part?.start ?? sql.length
    for (; at < end; at++) {
      const character = sql[at] ?? ''
      if (character === '(') depth += 1
      else if (character === ')') {
        depth -= 1
        if (depth === 0) yield at + 1
      } else if (depth === 0 && !/[\s,]/.test(character)) return
    }
    if (!part || (depth === 0 && !part.kind.endsWith('comment'))) return
    at = part.end
  }
}

import { sqlTokens } from '../../sql/tokens.ts'

/** Where in PostgreSQL's definition of an object the `count`-th pair of outer brackets has ended. */
export function afterGroup(definition: string, count: number): number {
  const closing = sqlTokens(definition).filter(
    (token) => token.kind === 'close' && token.depth === 0,
  )
  const token = closing[count - 1]
  return token === undefined ? definition.length : token.at + 1
}

/** Where the first word `word` outside of brackets and quotes begins. */
export function beforeWord(definition: string, word: string): number {
  const token = sqlTokens(definition).find(
    ({ kind, depth, text }) => kind === 'word' && depth === 0 && text === word,
  )
  return token?.at ?? 0
}

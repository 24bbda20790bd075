/** Several statements in one message of the simple protocol: PostgreSQL runs them up to the first that fails. */
export interface Message {
  readonly text: string
  /** Of the first statement, among all of its transaction. */
  readonly first: number
  /** Where each statement begins in `text`. */
  readonly starts: readonly number[]
}

const longestMessage = 64 * 1024

/**
 * The statements of one transaction, a command each, as messages of bounded size. Only the last may be several commands: what
 * fails is told by how many are complete. With `apart` each is a message of its own.
 */
export function* messagesOf(statements: readonly string[], apart = false): Generator<Message> {
  for (let first = 0; first < statements.length; ) {
    const starts: number[] = []
    let text = ''
    for (let next = first; next < statements.length; next++) {
      const statement = statements[next] ?? ''
      if (text !== '' && (apart || text.length + statement.length > longestMessage)) break
      starts.push(text.length)
      text += `${statement};\n`
    }
    yield { text, first, starts }
    first += starts.length
  }
}

/** Where an error happened: the statement, counted in its message, and the error's position in that statement. */
export interface FailedStatement {
  readonly statement: number
  /** 1-based, in characters, as PostgreSQL counts; absent where it names none. */
  readonly position?: number
}

/** Finds the statement that failed after `done` commands. A mistake that the parser sees stops all of a message. */
export function findFailed(
  { text, starts }: Message,
  done: number,
  position: number,
): FailedStatement {
  if (!(position > 0)) return { statement: Math.min(done, starts.length - 1) }
  const index = indexOfCharacter(text, position)
  const after = starts.findIndex((start) => start > index)
  const statement = (after < 0 ? starts.length : after) - 1
  const before = text.slice(starts[statement], index)
  return { statement, position: [...before].length + 1 }
}

// PostgreSQL counts an emoji as one character, JavaScript as two.
function indexOfCharacter(text: string, position: number): number {
  let index = 0
  for (let count = position - 1; count > 0 && index < text.length; count--) {
    index += (text.codePointAt(index) ?? 0) < 0x10000 ? 1 : 2
  }
  return index
}

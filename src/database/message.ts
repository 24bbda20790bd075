/** Several statements in one message of the simple protocol: PostgreSQL runs them up to the first that fails. */
export interface Message {
  readonly text: string
  /** Of the first statement, among all of its transaction. */
  readonly first: number
  /** Where each statement begins in `text`. */
  readonly starts: readonly number[]
}

const longestMessage = 64 * 1024

/** Statements that may change how text is read: what stands behind one in its message has been read before it runs. */
const changesReading =
  /^(?:(?:SET|RESET|SELECT|DO)\b.*\b(?:backslash_quote|client_encoding|standard_conforming_strings(?!'?\s*[=,]\s*'?on\b))\b|SET\s+NAMES\b)/is

/** Whether the statement has to be the last of its message. */
export const endsMessage = (sql: string): boolean => changesReading.test(sql)

/**
 * The statements of one transaction, a command each, as messages of bounded size. Only the last may be several commands: what
 * fails is told by how many are complete. With `apart` each is a message of its own; where `isJoint` all are one, whatever its size.
 */
export function* messagesOf(
  statements: readonly string[],
  apart = false,
  isJoint = false,
): Generator<Message> {
  const longest = isJoint ? Number.POSITIVE_INFINITY : longestMessage
  for (let first = 0; first < statements.length; ) {
    const starts: number[] = []
    let text = ''
    for (let next = first; next < statements.length; next++) {
      const statement = statements[next] ?? ''
      if (text !== '' && (apart || text.length + statement.length > longest)) break
      starts.push(text.length)
      text += `${statement};\n`
      if (!isJoint && endsMessage(statement)) break
    }
    yield { text, first, starts }
    first += starts.length
  }
}

/** How transactions become messages. */
export interface Packing {
  /** Nothing is sent between two statements of a transaction. */
  readonly apart?: boolean
  /**
   * Whether a transaction may share its message with those beside it: each of its statements is one command, and all of
   * them return one row.
   */
  readonly joins?: (transaction: number) => boolean
}

/** A message, and which transactions it is of. */
export interface PackedMessage extends Message {
  /** The first of them. */
  readonly transaction: number
  /** How many statements of the message are behind it at the end of each transaction that ends in it. */
  readonly ends: readonly number[]
  /** Whole transactions that share it, if there is more than one. */
  readonly isJoint: boolean
}

/** Transactions in one message at most; fewer at first, so that the server begins while others are worded. */
const mostJoined = 16

/**
 * Transactions as messages. Those that do not join have messages of their own: the rest of one that fails must not begin in the
 * middle of another's statements.
 */
export function* packed(
  transactions: Iterable<readonly string[]>,
  { apart = false, joins = () => false }: Packing,
): Generator<PackedMessage, undefined> {
  let transaction = 0
  let most = 1
  let joined: (readonly string[])[] = []
  let length = 0
  function* flush(): Generator<PackedMessage, undefined> {
    if (joined.length > 0) yield joint(joined, transaction - joined.length)
    most = Math.min(most * 2, mostJoined)
    joined = []
    length = 0
  }
  for (const statements of transactions) {
    if (joins(transaction)) {
      const characters = statements.reduce((sum, { length }) => sum + length, 0)
      if (joined.length >= most || length + characters > longestMessage) yield* flush()
      joined.push(statements)
      length += characters
    } else {
      yield* flush()
      for (const message of messagesOf(statements, apart)) {
        const isLast = message.first + message.starts.length === statements.length
        const ends = isLast ? [message.starts.length] : []
        yield { ...message, transaction, ends, isJoint: false }
      }
    }
    transaction += 1
  }
  yield* flush()
}

function joint(transactions: readonly (readonly string[])[], transaction: number): PackedMessage {
  const [message] = messagesOf(transactions.flat(), false, true)
  let end = 0
  const ends = transactions.map(({ length }) => {
    end += length
    return end
  })
  const { text = '', starts = [] } = message ?? {}
  return { text, first: 0, starts, transaction, ends, isJoint: ends.length > 1 }
}

/** Which statement of which transaction stands at `index` of the message. */
export function statementAt(
  { transaction, first, ends }: PackedMessage,
  index: number,
): { readonly transaction: number; readonly index: number } {
  const before = ends.filter((end) => end <= index)
  return { transaction: transaction + before.length, index: first + index - (before.at(-1) ?? 0) }
}

/** How many transactions of a message that failed have committed, by the commands that were complete. */
export function committedBefore({ isJoint, ends }: PackedMessage, commands: number): number {
  return isJoint ? ends.filter((end) => end <= commands).length : 0
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
  const running = Math.min(done, starts.length - 1)
  if (!(position > 0)) return { statement: running }
  const index = indexOfCharacter(text, position)
  const after = starts.findIndex((start) => start > index)
  const statement = (after < 0 ? starts.length : after) - 1
  // Once something has run, the parser is done: elsewhere it points into a text of PostgreSQL's own, such as a constraint that it makes again.
  if (done > 0 && statement !== running) return { statement: running }
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

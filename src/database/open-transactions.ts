import { AsyncLocalStorage } from 'node:async_hooks'

/** A transaction or savepoint of a body of code, and what was begun in it. */
export interface OpenTransaction {
  readonly parent: OpenTransaction | null
  /** 0 outside a transaction. */
  readonly depth: number
  /** Resolves when what was begun in it so far has ended. */
  tail: Promise<unknown>
  /** How many of those have not ended. */
  open: number
  ended: boolean
}

/** Where code begins transactions on one connection. */
export interface OpenTransactions {
  /** The innermost one that has not ended, of the code that asks. */
  readonly current: () => OpenTransaction
  /** Runs `work` in a transaction within the current one, after all that were begun there before. */
  readonly enter: <T>(work: (transaction: OpenTransaction) => Promise<T>) => Promise<T>
}

const storage = new AsyncLocalStorage<OpenTransaction>()

/**
 * Savepoints are a stack: of two that are open at once on a connection the end of one would end the other too. So those
 * that are begun side by side (`Promise.all`) take turns, and those that are begun within another nest. Which of the two
 * it is, the asynchronous context tells, since all of them are given the same client.
 */
export function openTransactionsFrom(depth: number): OpenTransactions {
  const root = newTransaction(null, depth)
  const current = () => {
    let transaction = storage.getStore() ?? root
    while (transaction.ended && transaction.parent) transaction = transaction.parent
    return rootOf(transaction) === root ? transaction : root
  }
  const enter = async <T>(work: (transaction: OpenTransaction) => Promise<T>): Promise<T> => {
    const parent = current()
    const transaction = newTransaction(parent, parent.depth + 1)
    const turn = parent.tail.then(() => storage.run(transaction, work, transaction))
    parent.open += 1
    parent.tail = turn.then(
      () => {},
      () => {},
    )
    try {
      return await turn
    } finally {
      transaction.ended = true
      parent.open -= 1
    }
  }
  return { current, enter }
}

/** Waits until nothing is open within the transaction. */
export async function settled(transaction: OpenTransaction): Promise<void> {
  for (let seen: unknown; seen !== transaction.tail; ) {
    seen = transaction.tail
    await seen
  }
}

function newTransaction(parent: OpenTransaction | null, depth: number): OpenTransaction {
  return { parent, depth, tail: Promise.resolve(), open: 0, ended: false }
}

function rootOf(transaction: OpenTransaction): OpenTransaction {
  let root = transaction
  while (root.parent) root = root.parent
  return root
}

import { AsyncLocalStorage } from 'node:async_hooks'

/** A transaction or savepoint of a body of code, and what was begun in it. */
export interface Scope {
  readonly parent: Scope | null
  /** 0 outside a transaction. */
  readonly depth: number
  /** Resolves when what was begun in it so far has ended. */
  tail: Promise<unknown>
  /** How many of those have not ended. */
  open: number
  ended: boolean
}

/** Where code begins transactions on one connection. */
export interface Scopes {
  /** The innermost one that has not ended, of the code that asks. */
  readonly current: () => Scope
  /** Runs `work` in a scope within the current one, after all that were begun there before. */
  readonly enter: <T>(work: (scope: Scope) => Promise<T>) => Promise<T>
}

const storage = new AsyncLocalStorage<Scope>()

/**
 * Savepoints are a stack: of two that are open at once on a connection the end of one would end the other too. So those
 * that are begun side by side (`Promise.all`) take turns, and those that are begun within another nest. Which of the two
 * it is, the asynchronous context tells, since all of them are given the same client.
 */
export function scopesFrom(depth: number): Scopes {
  const root = newScope(null, depth)
  const current = () => {
    let scope = storage.getStore() ?? root
    while (scope.ended && scope.parent) scope = scope.parent
    return rootOf(scope) === root ? scope : root
  }
  const enter = async <T>(work: (scope: Scope) => Promise<T>): Promise<T> => {
    const parent = current()
    const scope = newScope(parent, parent.depth + 1)
    const turn = parent.tail.then(() => storage.run(scope, work, scope))
    parent.open += 1
    parent.tail = turn.then(
      () => {},
      () => {},
    )
    try {
      return await turn
    } finally {
      scope.ended = true
      parent.open -= 1
    }
  }
  return { current, enter }
}

/** Waits until nothing is open within the scope. */
export async function settled(scope: Scope): Promise<void> {
  for (let seen: unknown; seen !== scope.tail; ) {
    seen = scope.tail
    await seen
  }
}

function newScope(parent: Scope | null, depth: number): Scope {
  return { parent, depth, tail: Promise.resolve(), open: 0, ended: false }
}

function rootOf(scope: Scope): Scope {
  let root = scope
  while (root.parent) root = root.parent
  return root
}

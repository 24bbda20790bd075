import { floor, opening, record } from '../floor.ts'

const perMessage = 50

/** A transaction for each, many of them in a message; only the last commit waits for the disk. */
export default floor('each', (pending) => {
  const transactions = pending.map((migration, index) => [
    ...(index === pending.length - 1 ? ['SET synchronous_commit = on'] : []),
    'BEGIN',
    migration.body,
    record(migration),
    'COMMIT',
  ])
  const messages = Array.from({ length: Math.ceil(pending.length / perMessage) }, (_, index) =>
    transactions
      .slice(index * perMessage, (index + 1) * perMessage)
      .flat()
      .join(';\n'),
  )
  return [`${opening(pending, '')};\nSET synchronous_commit = off`, ...messages]
})

import { floor, opening, record } from '../floor.ts'

/** A transaction and a message for each. */
export default floor('each', (pending) => [
  opening(pending, ''),
  ...pending.map((migration) => ['BEGIN', migration.body, record(migration), 'COMMIT'].join(';\n')),
])

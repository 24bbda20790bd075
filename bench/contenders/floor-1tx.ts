import { floor, opening, record } from '../floor.ts'

/** All that is pending in one transaction, one message. */
export default floor('all', (pending) => [
  [
    'BEGIN',
    opening(pending, 'xact_'),
    ...pending.map(({ body }) => body),
    ...pending.slice(-1).map(record),
    'COMMIT',
  ].join(';\n'),
])

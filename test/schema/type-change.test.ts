import { expect, test } from 'vitest'
import { typeChange } from '../../src/schema/type-change.ts'
import { column } from './snapshots.ts'

const mood = { enum: { name: 'mood' } }

test.each([
  ['integer', 'integer', undefined],
  ['integer', 'bigint', { how: 'assigned', narrowing: false }],
  ['bigint', 'integer', { how: 'assigned', narrowing: true }],
  ['character varying(20)', 'text', { how: 'assigned', narrowing: false }],
  ['text', 'character varying(20)', { how: 'assigned', narrowing: true }],
  ['uuid', 'text', { how: 'assigned', narrowing: false }],
  ['numeric(10,2)', 'numeric(12,2)', { how: 'assigned', narrowing: false }],
  ['numeric(10,2)', 'numeric(10,4)', { how: 'assigned', narrowing: true }],
  ['timestamp with time zone', 'timestamp(3) with time zone', { how: 'assigned', narrowing: true }],
  [
    'timestamp without time zone',
    'timestamp with time zone',
    { how: 'cast', using: `"c" AT TIME ZONE 'UTC'`, narrowing: false },
  ],
  [
    'date',
    'timestamp with time zone',
    { how: 'cast', using: `"c"::timestamp AT TIME ZONE 'UTC'`, narrowing: false },
  ],
  ['text', 'uuid', { how: 'cast', using: '"c"::uuid', narrowing: true }],
  ['text', 'integer', { how: 'cast', using: '"c"::integer', narrowing: true }],
  ['integer[]', 'bigint[]', { how: 'assigned', narrowing: false }],
  ['integer', 'uuid', { how: 'unknown', using: '"c"::uuid', narrowing: true }],
  ['text', 'text[]', { how: 'unknown', using: '"c"::text[]', narrowing: true }],
])('from %s to %s', (before, after, change) => {
  expect(typeChange(column('c', { type: before }), column('c', { type: after }))).toEqual(change)
})

test('the way from one enum to another leads through text', () => {
  const from = column('c', { type: 'old[]', enum: { name: 'old' } })
  const to = column('c', { type: 'mood[]', ...mood })
  expect(typeChange(from, to)?.using).toBe('"c"::text[]::"mood"[]')
  expect(typeChange(column('c', { type: 'text' }), { ...to, type: 'mood' })?.using).toBe(
    '"c"::"mood"',
  )
})

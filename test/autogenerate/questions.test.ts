import { expect, test } from 'vitest'
import { labelOf, renameText } from '../../src/autogenerate/labels.ts'
import { openRenames } from '../../src/autogenerate/questions.ts'
import type { Rename } from '../../src/schema/operation.ts'
import { parseRename } from '../../src/schema/rename/parse.ts'
import type { Snapshot } from '../../src/schema/snapshot.ts'
import { column, snapshot, table } from '../schema/snapshots.ts'

const asked = (
  before: Partial<Snapshot>,
  after: Partial<Snapshot>,
  { renames = [], settled = [] }: { renames?: readonly Rename[]; settled?: readonly string[] } = {},
) =>
  openRenames({ before: snapshot(before), after: snapshot(after) }, renames, {
    settled: new Set(settled),
    schema: 'public',
  }).map(({ question }) => question)

const users = (...names: readonly string[]) =>
  table('users', { columns: ['id', ...names].map((name) => column(name)) })

test('a question says what is gone, what it may be, and every answer as it is typed', () => {
  expect(asked({ tables: [users('name')] }, { tables: [users('full', 'nick name')] })).toEqual([
    {
      kind: 'rename',
      of: 'column',
      from: 'users.name',
      to: ['users.full', 'users."nick name"'],
      answers: [
        '--rename users.name=full',
        `--rename 'users.name="nick name"'`,
        `--new users.full --new 'users."nick name"'`,
      ],
    },
  ])
})

test('what is new for certain, or gone for certain, is no question', () => {
  const before = { tables: [users('a', 'b')] }
  const after = { tables: [users('c')] }
  const open = (...settled: readonly string[]) =>
    asked(before, after, { settled }).map(({ from }) => from)
  expect(open()).toEqual(['users.a', 'users.b'])
  expect(open('users.a')).toEqual(['users.b'])
  expect(open('users.c')).toEqual([])
})

test('what is in something renamed is named as the database has it', () => {
  const renames: readonly Rename[] = [
    { of: 'table', from: { schema: 'app', name: 'people' }, to: { name: 'users' } },
  ]
  const [question] = asked({ tables: [users('a')] }, { tables: [users('b')] }, { renames })
  expect(question?.answers).toEqual(['--rename app.people.a=b', '--new users.b'])
})

test.for<[string, Rename]>([
  ['users=people', { of: 'table', from: { name: 'users' }, to: { name: 'people' } }],
  [
    'app.users=people',
    { of: 'table', from: { schema: 'app', name: 'users' }, to: { schema: 'app', name: 'people' } },
  ],
  [
    'app.users=public.users',
    { of: 'table', from: { schema: 'app', name: 'users' }, to: { name: 'users' } },
  ],
  [
    'users=app.people',
    { of: 'table', from: { name: 'users' }, to: { schema: 'app', name: 'people' } },
  ],
  ['users.id="a.b"', { of: 'column', table: { name: 'users' }, from: 'id', to: 'a.b' }],
  ['mood."so so"="it""s"', { of: 'enum value', enum: { name: 'mood' }, from: 'so so', to: 'it"s' }],
  ['app=shop', { of: 'schema', from: 'app', to: 'shop' }],
])('%s is written as it is read', ([text, rename]) => {
  const live = snapshot({
    schemas: ['app'],
    tables: [users(), { ...users(), schema: 'app' }],
    enums: [{ name: 'mood', values: ['so so'] }],
  })
  expect(renameText(rename, 'public')).toBe(text)
  expect(parseRename(text, live, 'public')).toEqual(rename)
})

test('odd names are quoted where they are shown', () => {
  expect(labelOf({ schema: 'my app', name: 'Ünï_1' }, 'a"b')).toBe('"my app".Ünï_1."a""b"')
})

import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'

const target = (url: string) => ({
  url,
  applicationName: 'limbeck test',
  connectTimeoutMs: 0,
  fetchTypes: true,
})

test.for([
  ['int[]', [1, null, 3]],
  ['text[]', ['', 'a b', 'NULL', 'null', '"{\\},', 'ü\n', null]],
  [
    'int[]',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['text[]', []],
  ['jsonb[]', [{ a: '"\\' }]],
  ['uuid[]', ['9ea9fc7a-1c0b-4a3f-8d0c-0a2f4c2c1e11']],
] as const)('an array of %s comes back as it went: %j', async ([type, value]) => {
  await withConnection(target(inject('serverUrl')), 'SELECT 1', async ({ sql }) => {
    const [row] = await sql.unsafe(`SELECT $1::${type} AS value`, [value as never])
    expect(row?.value).toEqual(value)
  })
})

test('sql.array knows the array type of what it is given', async () => {
  await withConnection(target(inject('serverUrl')), 'SELECT 1', async ({ sql }) => {
    const [row] =
      await sql`SELECT ${sql.array([true, false])} AS yes, ${sql.array([new Date(0)])} AS at`
    expect(row).toEqual({ yes: [true, false], at: [new Date(0)] })
  })
})

test('arrays with bounds and other delimiters than a comma are read', async () => {
  await withConnection(target(inject('serverUrl')), 'SELECT 1', async ({ query }) => {
    const [row] = await query(
      `SELECT '[0:1]={5,6}'::int[] AS bounds, ARRAY['((1,1),(0,0))', '((2,2),(1,1))']::box[] AS boxes`,
    )
    expect(row).toEqual({ bounds: [5, 6], boxes: ['(1,1),(0,0)', '(2,2),(1,1)'] })
  })
})

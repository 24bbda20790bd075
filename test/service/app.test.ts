import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { buildApp } from '../../src/service/app.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

let database: TestDatabase
let app: FastifyInstance
let teamId: string

beforeAll(async () => {
  database = await createDatabase()
  app = await buildApp({
    databaseUrl: database.url,
    migrateMode: 'upgrade',
    databasePoolMax: 4,
    logger: pino({ level: 'silent' }),
  })
  await app.limbeck.ready
  teamId = (await post('/teams', { name: 'data' })).json().id
})

afterAll(async () => {
  await app.close()
  await database.drop()
})

const get = (url: string) => app.inject(url)
const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload })
const patch = (url: string, payload: object) => app.inject({ method: 'PATCH', url, payload })

const nobody = '00000000-0000-4000-8000-000000000000'

describe('data products', () => {
  test('are created, read and changed', async ({ expect }) => {
    const created = await post('/data-products', {
      name: 'orders',
      ownerTeamId: teamId,
      tags: ['sales', 'daily'],
      documentationUrl: 'https://example.org/orders',
    })
    expect(created.statusCode).toBe(201)
    const product = created.json()
    expect(product).toMatchObject({
      name: 'orders',
      description: '',
      tags: ['sales', 'daily'],
      status: 'draft',
      requiresApproval: false,
      createdAt: expect.stringMatching(/Z$/),
    })
    const url = created.headers.location as string
    expect(url).toBe(`/data-products/${product.id}`)
    expect((await get(url)).json()).toEqual(product)

    const changed = await patch(url, { status: 'published', tags: [], documentationUrl: null })
    expect(changed.statusCode).toBe(200)
    expect(changed.json()).toMatchObject({
      name: 'orders',
      status: 'published',
      tags: [],
      documentationUrl: null,
    })
    expect(changed.json().updatedAt > product.updatedAt).toBe(true)
  })

  test('are listed by page, status, tags and owner', async ({ expect }) => {
    const other = (await post('/teams', { name: 'other' })).json().id
    for (const n of [1, 2, 3, 4, 5])
      await post('/data-products', {
        name: `listed ${n}`,
        ownerTeamId: n === 5 ? other : teamId,
        tags: n % 2 ? ['odd', 'listed'] : ['listed'],
        status: n === 1 ? 'deprecated' : 'draft',
      })
    const names = async (query: string) => {
      const { items, total } = (await get(`/data-products?${query}`)).json()
      return { names: items.map((item: { name: string }) => item.name), total }
    }
    expect((await names('search=STED%205')).names).toEqual(['listed 5'])
    expect((await names('search=%25')).names).toEqual([])
    expect(await names('tag=listed&limit=2&offset=1')).toEqual({
      names: ['listed 2', 'listed 3'],
      total: 5,
    })
    expect((await names('tag=listed&tag=odd')).total).toBe(3)
    expect((await names(`ownerTeamId=${other}`)).names).toEqual(['listed 5'])
    expect((await names('tag=listed&status=deprecated')).names).toEqual(['listed 1'])
    expect(await names('tag=%27%3B--')).toEqual({ names: [], total: 0 })
  })

  test('that do not exist are 404', async ({ expect }) => {
    const url = `/data-products/${nobody}`
    for (const answer of [await get(url), await patch(url, { name: 'x' })]) {
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toEqual({
        statusCode: 404,
        error: 'Not Found',
        message: 'There is no such data product',
      })
    }
  })

  test('of a name that is taken are 409, of a team that is not there 422', async ({ expect }) => {
    await post('/data-products', { name: 'taken', ownerTeamId: teamId })
    const twice = await post('/data-products', { name: 'taken', ownerTeamId: teamId })
    expect(twice.statusCode).toBe(409)
    expect(twice.json().message).toBe('There is a data product of this name already')
    const orphan = await post('/data-products', { name: 'orphan', ownerTeamId: nobody })
    expect(orphan.statusCode).toBe(422)
    expect(orphan.json().message).toBe('There is no such team: ownerTeamId')
  })

  test.for([
    { name: 'x' },
    { name: '', ownerTeamId: nobody },
    { name: 'x', ownerTeamId: 'not-a-uuid' },
    { name: 'x', ownerTeamId: nobody, status: 'unheard-of' },
    { name: 'x', ownerTeamId: nobody, colour: 'red' },
    { name: 'x', ownerTeamId: nobody, tags: ['a', 'a'] },
    { name: 'x', ownerTeamId: nobody, documentationUrl: 'not a url' },
  ])('that are ill-formed are 400: %j', async (payload, { expect }) => {
    const answer = await post('/data-products', payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().code).toBe('FST_ERR_VALIDATION')
  })

  test('with a character PostgreSQL cannot store are 422', async ({ expect }) => {
    const answer = await post('/data-products', { name: 'nul\u0000', ownerTeamId: teamId })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).not.toMatch(/insert|data_products/i)
  })

  test('are not changed by an empty body', async ({ expect }) => {
    expect((await patch(`/data-products/${nobody}`, {})).statusCode).toBe(400)
  })
})

test('roles come with the history', async ({ expect }) => {
  const roles = (await get('/roles')).json()
  expect(roles.map((role: { name: string }) => role.name)).toEqual(['analyst', 'steward', 'viewer'])
})

test('a team subscribes once, in a role that exists', async ({ expect }) => {
  const { id } = (await post('/data-products', { name: 'wanted', ownerTeamId: teamId })).json()
  const url = `/data-products/${id}/subscriptions`
  const expiresAt = '2030-01-01T00:00:00.000Z'
  const created = await post(url, { teamId, roleName: 'viewer', expiresAt })
  expect(created.statusCode).toBe(201)
  expect(created.json()).toMatchObject({ dataProductId: id, teamId, roleName: 'viewer', expiresAt })
  expect((await post(url, { teamId, roleName: 'viewer' })).statusCode).toBe(409)
  expect((await post(url, { teamId: nobody, roleName: 'viewer' })).statusCode).toBe(422)
  const second = (await post('/teams', { name: 'second' })).json().id
  expect((await post(url, { teamId: second, roleName: 'emperor' })).statusCode).toBe(422)
  expect((await get(url)).json()).toHaveLength(1)
})

test('teams are listed by name, each name once', async ({ expect }) => {
  expect((await post('/teams', { name: 'data' })).statusCode).toBe(409)
  const names = (await get('/teams')).json().map((team: { name: string }) => team.name)
  expect(names).toContain('data')
  expect(names).toEqual([...names].sort())
})

test('the OpenAPI document names every route, and there is a page for it', async ({ expect }) => {
  const document = (await get('/docs/json')).json()
  expect(Object.keys(document.paths).sort()).toEqual([
    '/data-products',
    '/data-products/{id}',
    '/data-products/{id}/subscriptions',
    '/health',
    '/health/live',
    '/health/ready',
    '/roles',
    '/teams',
  ])
  expect((await get('/docs')).headers['content-type']).toContain('text/html')
  expect((await get('/')).headers.location).toBe('/docs')
})

test('an error of the service shows no SQL', async ({ expect }) => {
  await database.query('ALTER TABLE roles RENAME TO hidden')
  const answer = await get('/roles')
  await database.query('ALTER TABLE hidden RENAME TO roles')
  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toEqual({
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'Something went wrong: see the log',
  })
})

import Fastify from 'fastify'
import limbeck, { type LimbeckPluginOptions } from 'limbeck/fastify'
import { expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'

async function asked(options: Partial<LimbeckPluginOptions>) {
  const folder = await revisionFolder()
  await folder.sql('aaa1', { up: 'CREATE TABLE things (id int)' })
  const app = Fastify()
  onTestFinished(() => app.close())
  await app.register(limbeck, {
    url: 'postgres://inner_role:inner_password@127.0.0.1:1/inner_database',
    migrations: folder.path,
    connectTimeout: 0,
    ...options,
  } as LimbeckPluginOptions)
  await app.ready()
  await app.limbeck.ready.catch(() => {})
  const paths = ['/health', '/health/ready', '/health/live', '/anything']
  const answers = await Promise.all(paths.map((path) => app.inject(path)))
  return { folder, body: answers.map((answer) => answer.body).join('\n') }
}

const secrets = ['127.0.0.1', ':1/', 'inner_role', 'inner_database', 'inner_password']
const told = (body: string) => secrets.filter((secret) => body.includes(secret))

test('a stranger learns the code of a failure, and neither host, port, role nor database', async () => {
  const { body, folder } = await asked({})
  expect(body).toContain('LIMBECK_CONNECTION_FAILED')
  expect(told(body)).toEqual([])
  expect(body).not.toContain(folder.path)
})

test('nor where the role or the database is refused, or a folder is missing', async () => {
  const url = new URL((await createDatabase()).url)
  url.username = 'inner_role'
  url.password = 'inner_password'
  expect(told((await asked({ url: url.href })).body)).toEqual([])
  const missing = new URL((await createDatabase()).url)
  missing.pathname = '/inner_database'
  expect(told((await asked({ url: missing.href })).body)).toEqual([])
  expect((await asked({ migrations: '/inner_folder' })).body).not.toContain('inner_folder')
})

test('health in full is for whom healthDetail says; one that fails opens nothing', async () => {
  expect((await asked({ healthDetail: 'full' })).body).toContain('127.0.0.1:1')
  expect((await asked({ healthDetail: () => true })).body).toContain('127.0.0.1:1')
  for (const healthDetail of [
    () => false,
    () => {
      throw new Error('no session')
    },
    (() => Promise.resolve(true)) as never,
  ])
    expect(told((await asked({ healthDetail })).body)).toEqual([])
})

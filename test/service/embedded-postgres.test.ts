import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { test } from 'vitest'
import { fatal, type Service, serving, startService, workFolder } from './process.ts'

async function embeddedUrl(cwd: string): Promise<string> {
  const file = join(cwd, '.data', 'postgres', 'embedded.json')
  return (JSON.parse(await readFile(file, 'utf8')) as { url: string }).url
}

async function stop(service: Service): Promise<number | null> {
  service.process.kill('SIGTERM')
  return service.exited
}

const teams = (service: Service) => fetch(`${service.origin}/teams`)

test('without DATABASE_URL the data persists, and goes with its folder', async ({ expect }) => {
  const cwd = await workFolder()
  const first = await startService(cwd)
  expect(await first.line(serving)).toMatchObject({ outcome: 'created' })
  await fetch(`${first.origin}/teams`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"kept"}',
  })
  expect(JSON.stringify(first.lines)).not.toContain(new URL(await embeddedUrl(cwd)).password)
  expect(await stop(first)).toBe(0)
  await expect(postgres(await embeddedUrl(cwd), { connect_timeout: 2 })`SELECT 1`).rejects.toThrow()

  const second = await startService(cwd)
  expect(await second.line(serving)).toMatchObject({ outcome: 'current' })
  expect(await (await teams(second)).json()).toMatchObject([{ name: 'kept' }])
  await stop(second)

  await rm(join(cwd, '.data'), { recursive: true })
  const third = await startService(cwd)
  expect(await third.line(serving)).toMatchObject({ outcome: 'created' })
  expect(await (await teams(third)).json()).toEqual([])
})

test('a second service on the same folder is refused while the first goes on', async ({
  expect,
}) => {
  const cwd = await workFolder()
  const first = await startService(cwd)
  await first.line(serving)
  const second = await startService(cwd)
  expect((await second.line(fatal)).msg).toMatch(/another process serves from .*DATA_DIR/)
  expect(await second.exited).toBe(1)
  expect((await teams(first)).status).toBe(200)
})

test('after kill -9 of the service, and of its server too, the next start serves', async ({
  expect,
}) => {
  const cwd = await workFolder()
  for (const alsoServer of [false, true]) {
    const killed = await startService(cwd)
    await killed.line(serving)
    killed.process.kill('SIGKILL')
    await killed.exited
    const pidFile = join(cwd, '.data', 'postgres', 'cluster', 'postmaster.pid')
    const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10)
    if (alsoServer) process.kill(pid, 'SIGKILL')
  }
  const service = await startService(cwd)
  expect(await service.line(serving)).toMatchObject({ outcome: 'current' })
  expect(await stop(service)).toBe(0)
})

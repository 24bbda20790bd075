import fc from 'fast-check'
import Fastify from 'fastify'
import limbeck from 'limbeck/fastify'
import { expect, test } from 'vitest'
import { run } from '../cli/run.ts'
import { revisionFiles, tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'
import { newRole } from '../support/role.ts'

// Two of any four characters are capitals that nothing around them spells, so that no piece is there by chance.
const capital = fc.constantFrom(...'QXZJKVWY')
const mark = fc.constantFrom(...':/?#[]@!$&\'()*+,;=%"<>\\^`{|} ß€')
const passwords = fc
  .array(fc.tuple(capital, mark, capital), { minLength: 2, maxLength: 6 })
  .map((parts) => parts.flat().join(''))
const piecesOf = (text: string) =>
  Array.from({ length: text.length - 3 }, (_, at) => text.slice(at, at + 4))
const pieces = (password: string) => [
  ...new Set([password, encodeURIComponent(password)].flatMap(piecesOf)),
]

/** All that anybody gets to see of a service and of commands on that URL. */
async function shown(url: string, cwd: string): Promise<string> {
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const app = Fastify({ logger: { level: 'trace', stream } })
  try {
    const options = { url, migrations: `${cwd}/migrations`, connectTimeout: 0 }
    await app.register(limbeck, { ...options, healthDetail: 'full' })
    await app.ready()
    await app.limbeck.ready.catch((error) => lines.push(JSON.stringify(error), error.stack))
    for (const path of ['/health', '/health/ready', '/things'])
      lines.push((await app.inject(path)).body)
  } catch (error) {
    // A URL that cannot be read is refused where the plugin is registered.
    lines.push(JSON.stringify(error), String((error as Error).stack))
  } finally {
    await app.close()
  }
  const env = { DATABASE_URL: url, URLS: url }
  for (const argv of [
    ['current', '--json'],
    ['history', '--verbose'],
    ['upgrade'],
    ['check', '--json'],
    ['fleet', '--urls-file', 'urls.txt', '--json'],
    ['fleet', '--urls-file', 'urls.txt'],
  ]) {
    const { stdout, stderr } = await run(argv, { cwd, env })
    lines.push(stdout, stderr)
  }
  return [...lines, process.title].join('\n')
}

test('no four characters of a password are in a log, an answer, a name, a command’s output or the history', async () => {
  const database = await createDatabase()
  const role = await newRole(database)
  await database.query(
    `ALTER SCHEMA public OWNER TO "${role.name}"; GRANT CREATE ON DATABASE "${database.name}" TO "${role.name}"`,
  )
  const { host, pathname } = new URL(role.url)
  for (const [at, password] of fc.sample(passwords, { seed: 17, numRuns: 6 }).entries()) {
    const isRight = at % 2 === 0
    const given = isRight ? password.replaceAll("'", "''") : 'another'
    await database.query(`ALTER ROLE "${role.name}" PASSWORD '${given}'`)
    for (const [written, hosts] of [
      [encodeURIComponent(password), host],
      [encodeURIComponent(password), `127.0.0.1:1,${host}`],
      [encodeURIComponent(password), '127.0.0.1:1,[::1]:1'],
      [password, host],
      [password, `127.0.0.1:1,${host}`],
    ] as const) {
      const url = `postgres://${role.name}:${written}@${hosts}${pathname}`
      const cwd = tempFolder({
        'limbeck.config.mjs': 'export default {}',
        'urls.txt': `${url}\n`,
        ...revisionFiles({ a1: {} }),
      })
      const told = await shown(url, cwd)
      if (isRight && written !== password && hosts.endsWith(host)) expect(told).toContain('"a1"')
      if (!isRight || !hosts.endsWith(host)) expect(told).toContain('LIMBECK_')
      const kept = await database.query(
        `SELECT query_to_xml('SELECT * FROM limbeck_history', true, false, '')::text AS history,
           (SELECT string_agg(application_name, ' ') FROM pg_stat_activity) AS names`,
      )
      const everything = `${told}\n${JSON.stringify(kept)}`
      expect(pieces(password).filter((piece) => everything.includes(piece))).toEqual([])
    }
  }
})

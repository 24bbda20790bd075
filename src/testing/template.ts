import { createHash } from 'node:crypto'
import type { Sql } from 'postgres'
import type { LimbeckOptions } from '../config/options.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { urlOfDatabase } from '../database/url.ts'
import { initDb } from '../index.ts'
import { loadSchema } from '../models/load-models.ts'
import { hashText } from '../script/hash.ts'
import { readText } from '../script/read-text.ts'
import { loadRevisions } from '../script/revisions.ts'
import { quoteIdentifier, quoteLiteral } from '../sql/quote.ts'
import type { OpenServer } from './server.ts'

/** How a template is built: by the revisions from base, by create-all from the models, or not at all. */
export type TemplateSource = 'chain' | 'models' | 'empty'

/** What a template is made of, apart from revisions and models. */
export interface TemplateKind {
  readonly source: TemplateSource
  readonly locale: string | undefined
}

/** A database that nothing connects to, to be cloned. */
export interface Template {
  readonly name: string
  /** What follows `CREATE DATABASE … TEMPLATE …`. */
  readonly strategy: string
}

/** Templates that no run has used for this long are dropped, days. */
const keptDays = 7
const prefix = 'limbeck_template_'

/**
 * The template of these revisions and models, built where it is missing: once on a server, however many workers ask at the
 * same time. A build that was interrupted is begun again. Throws what initDb() throws.
 */
export async function ensureTemplate(
  server: OpenServer,
  options: Omit<LimbeckOptions, 'url'>,
  kind: TemplateKind,
): Promise<Template> {
  const { sql } = server
  const name = prefix + (await keyOf(options, kind))
  await sql`SELECT pg_advisory_lock(hashtextextended(${name}, 0))`
  try {
    const [found] = await sql<{ comment: string | null }[]>`
SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = ${name}`
    const strategy = found ? (parse(found.comment).strategy ?? '') : await build(server, name)
    await sql.unsafe(
      `COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${quoteLiteral(JSON.stringify({ strategy, used: today() }))}`,
    )
    return { name, strategy }
  } finally {
    await sql`SELECT pg_advisory_unlock(hashtextextended(${name}, 0))`
  }

  async function build({ url }: OpenServer, finished: string): Promise<string> {
    const unfinished = `${finished}_new`
    await drop(sql, unfinished)
    const { source, locale } = kind
    const encoding = locale === undefined ? '' : ` ENCODING 'UTF8' LOCALE ${quoteLiteral(locale)}`
    await sql.unsafe(`CREATE DATABASE ${quoteIdentifier(unfinished)} TEMPLATE template0${encoding}`)
    const fresh = source === 'models' ? 'create' : 'chain'
    if (source !== 'empty')
      await initDb({ ...options, url: urlOfDatabase(url, unfinished), fresh, mode: 'upgrade' })
    await sql.unsafe(`ALTER DATABASE ${quoteIdentifier(unfinished)} ALLOW_CONNECTIONS false`)
    const strategy = await fasterStrategy(sql, unfinished)
    await sql.unsafe(
      `ALTER DATABASE ${quoteIdentifier(unfinished)} RENAME TO ${quoteIdentifier(finished)}`,
    )
    await dropOld(sql)
    return strategy
  }
}

/** Drops a database that others may be connected to. */
export async function drop(sql: Sql, name: string): Promise<void> {
  await sql.unsafe(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`)
}

/** What the schema of the template depends on: every file, the models, and where they go. */
async function keyOf(
  options: Omit<LimbeckOptions, 'url'>,
  { source, locale }: TemplateKind,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([source, locale]))
  const key = () => hash.digest('hex').slice(0, 24)
  if (source === 'empty') return key()
  const config = resolveConfig({ ...options, url: 'postgres://none.invalid/none' })
  const { scripts } = await loadRevisions(config.folders)
  hash.update(JSON.stringify([config.schema, config.tables]))
  for (const { id, file } of scripts.values()) hash.update(id + hashText(await readText(file)))
  if (source === 'models' && config.models !== undefined)
    hash.update(JSON.stringify(await loadSchema(config.models, config.casing)))
  return key()
}

/** From PostgreSQL 15 on there are two ways to copy; which is quicker depends on the server's disk and settings. */
async function fasterStrategy(sql: Sql, template: string): Promise<string> {
  const [version] = await sql<{ num: number }[]>`
SELECT current_setting('server_version_num')::int AS num`
  if (Number(version?.num) < 150_000) return ''
  const copy = `${template}_copy`
  const times: { readonly strategy: string; readonly ms: number }[] = []
  for (const strategy of [' STRATEGY wal_log', ' STRATEGY file_copy']) {
    await drop(sql, copy)
    const start = performance.now()
    await clone(sql, { name: template, strategy }, copy)
    times.push({ strategy, ms: performance.now() - start })
  }
  await drop(sql, copy)
  return times.sort((a, b) => a.ms - b.ms)[0]?.strategy ?? ''
}

/** Makes a database from the template. */
export async function clone(sql: Sql, template: Template, name: string): Promise<void> {
  await sql.unsafe(
    `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE ${quoteIdentifier(template.name)}${template.strategy}`,
  )
}

async function dropOld(sql: Sql): Promise<void> {
  const templates = await sql<{ name: string; comment: string | null }[]>`
SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database
WHERE starts_with(datname, ${prefix})`
  const oldest = new Date(Date.now() - keptDays * 24 * 3_600_000).toISOString()
  for (const { name, comment } of templates) {
    const { used } = parse(comment)
    if (used !== undefined && used < oldest) await drop(sql, name)
  }
}

const today = () => new Date().toISOString()

function parse(comment: string | null): { readonly strategy?: string; readonly used?: string } {
  try {
    return JSON.parse(comment ?? '{}')
  } catch {
    return {}
  }
}

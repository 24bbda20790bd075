import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { newDatabase, type TestDatabase } from '../../support/database.ts'
import { type Fixture, type Tool, tools } from './tools.ts'

// node --import jiti/register test/ledger/tools/record.ts <folder with the tools> <url of a server> [tool …]
const [given, server, ...names] = process.argv.slice(2)
if (given === undefined || server === undefined)
  throw new Error('usage: record.ts <folder> <url> [tool …]')
const installed = resolve(given)
const fixtures: Record<string, Fixture> = {}
for (const [name, tool] of Object.entries(tools)) {
  if (names.length > 0 && !names.includes(name)) continue
  try {
    fixtures[name] = await record(tool)
    console.log(`${name}: recorded`)
  } catch (error) {
    console.log(`${name}: ${(error as Error).message}`)
  }
}
if (names.length === 0)
  writeFileSync(
    join(import.meta.dirname, 'fixtures.json'),
    `${JSON.stringify(fixtures, null, 2)}\n`,
  )

function projectOf(tool: Tool): string {
  // Within the folder, so that the tool's packages are found.
  const root = mkdtempSync(join(installed, 'project-'))
  for (const [file, text] of Object.entries(tool.files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return root
}

function run(tool: Tool, root: string, url: string): string {
  const [command = '', ...args] = tool.up(url)
  const bin =
    command === 'alembic' || command === 'node'
      ? command
      : join(installed, 'node_modules', '.bin', command)
  return execFileSync(bin, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: url },
  })
}

/** The tables with their rows, as SQL. */
async function ledgerOf({ tables: names }: Tool, database: TestDatabase): Promise<string> {
  const texts: string[] = []
  for (const name of names) {
    const [table] = await database.query<{ columns: string; rows: string | null }>(`
SELECT (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
          FROM pg_attribute WHERE attrelid = '${name}'::regclass AND attnum > 0) AS columns,
       (SELECT json_agg(l) FROM ${name} l)::text AS rows`)
    const schema = name.includes('.') ? `CREATE SCHEMA ${name.split('.')[0]}; ` : ''
    texts.push(`${schema}CREATE TABLE ${name} (${table?.columns})`)
    const rows = (table?.rows ?? '[]').replaceAll("'", "''")
    texts.push(
      `INSERT INTO ${name} SELECT * FROM json_populate_recordset(null::${name}, '${rows}')`,
    )
  }
  return texts.join(';\n')
}

async function record(tool: Tool): Promise<Fixture> {
  const database = await newDatabase(server ?? '')
  run(tool, projectOf(tool), database.url)
  const ledger = await ledgerOf(tool, database)
  await database.drop()
  return { version: tool.version(installed), ledger }
}

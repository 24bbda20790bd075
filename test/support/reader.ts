import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inject, onTestFinished } from 'vitest'
import type { Block } from './pages.ts'
import { createDatabase } from './postgres.ts'
import {
  checkCovered,
  checkDocker,
  checkExample,
  checkOutput,
  checkPart,
  checkPaths,
  checkSame,
  checkShown,
  checkWritten,
} from './reader-checks.ts'
import { bash, failing, type Reader, serve, shell } from './reader-shell.ts'
import { freePort } from './server.ts'
import type { Shop } from './shop.ts'

const repository = process.cwd()

/**
 * Somebody who follows one page. `none`: in an empty folder, nothing installed. `bare`: in a project with models that has never
 * seen Limbeck's configuration. `empty`: in one with it and no revision. `shop`: in one whose first revision is written and applied.
 */
export async function createReader(shop: Shop, project: string): Promise<Reader> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-reader-'))
  const state = await mkdtemp(path.join(tmpdir(), 'limbeck-reader-'))
  onTestFinished(async () => {
    for (const each of [folder, state]) await rm(each, { recursive: true, force: true })
  })
  const database = await createDatabase()
  const port = await freePort()
  const replacements = {
    'npm install limbeck fastify drizzle-orm postgres': `npm install ${shop.tarball} ${shop.peers.join(' ')}`,
    'postgres://app:secret@localhost:5432/shop': database.url,
    'postgres://app:secret@localhost:5432/postgres': inject('serverUrl'),
    'http://localhost:3000': `http://localhost:${port}`,
  }
  const reader: Reader = { folder, state, database, replacements, output: '' }
  const home = project === 'none' ? folder : path.join(folder, 'shop')
  const variables = project === 'none' ? '' : `export DATABASE_URL='${database.url}'\n`
  await writeFile(path.join(state, 'shell'), `cd '${home}'\nexport PORT=${port}\n${variables}`)
  if (project === 'none') return reader
  await cp(shop.folder, home, {
    recursive: true,
    filter: (file) => !file.startsWith(path.join(shop.folder, 'node_modules')),
  })
  await symlink(path.join(shop.folder, 'node_modules'), path.join(home, 'node_modules'))
  if (project === 'bare') return reader
  const first = "npx limbeck revision --autogenerate -m 'create orders' --rev-id 1897ab222320"
  await shell(
    reader,
    `npx limbeck init${project === 'shop' ? `\n${first}\nnpx limbeck upgrade` : ''}`,
  )
  return reader
}

/** Does with a block what its invisible line says. */
export async function follow(reader: Reader, block: Block): Promise<void> {
  const { marker = '', language } = block
  const text = replace(reader, block.text)
  const [word = '', rest = ''] = marker.split(/ (.*)/)
  const kind = `${language} ${word}`
  if (kind === 'sh run') reader.output = await shell(reader, text)
  else if (kind === 'sh fails') reader.output = await failing(reader, text, rest)
  else if (kind === 'sh serve') await serve(reader, text, replace(reader, rest))
  else if (kind === 'sh covered') checkCovered(text, rest.replace(/^by /, ''))
  else if (kind === 'sh in') await runInRepository(text, rest.includes('legacy'))
  else if (marker === 'not run, it needs a Docker engine') checkDocker(text)
  else if (word === 'output') checkOutput(reader.output, text, language)
  else if (word === 'file') await writeProjectFile(reader, rest.replace(/;.*/, ''), text)
  else if (word === 'append') await appendToFile(reader, rest, text)
  else if (word === 'shows') checkShown(reader.output, text)
  else if (word === 'part') checkPart(reader, rest.replace(/^of /, ''), text)
  else if (marker === 'not run, it is for another tool') return
  // All of them at once: test/docs/lint.test.ts.
  else if (kind === 'sql bad' || kind === 'sql good') return
  else if (word === 'written') checkWritten(reader, rest.replace(/^as /, ''), text)
  else if (word === 'same') checkSame(text, rest.replace(/^as /, ''))
  else if (word === 'paths') await checkPaths(reader, text)
  // Run from the packed package by test/examples/ and test/testing/.
  else if (word === 'example') checkExample(block.text, rest)
  else throw new Error(`nobody knows what to do with a block of "${kind}"`)
}

function replace({ replacements }: Reader, text: string): string {
  return Object.entries(replacements).reduce((all, [from, to]) => all.replaceAll(from, to), text)
}

/** A file of the project: `*` in the name stands for what only Limbeck knows. */
async function appendToFile({ folder }: Reader, name: string, text: string): Promise<void> {
  const [place = '', end = ''] = path.join(folder, 'shop', name).split('*')
  const inside = path.dirname(`${place}x`)
  const found = name.includes('*')
    ? readdirSync(inside).filter((file) => file.endsWith(end))
    : [path.basename(place)]
  const [only, ...others] = found
  if (only === undefined || others.length > 0) throw new Error(`${name} is not one file`)
  await writeFile(path.join(inside, only), text, { flag: 'a' })
}

async function writeProjectFile({ folder }: Reader, name: string, text: string): Promise<void> {
  const file = path.join(folder, 'shop', name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** Runs a block where the README's own reader has cloned the repository. */
async function runInRepository(text: string, isLegacy: boolean): Promise<void> {
  if (!isLegacy) {
    await bash(`set -euo pipefail\n${text}`, {}, repository)
    return
  }
  const legacy = await createDatabase()
  const baseline = readFileSync('migrations/3135632d55e1_initial_schema_capture.sql', 'utf8')
  const [, body = ''] = baseline.split(/^-- \+(?:up|down)grade$/m)
  await legacy.query(`${body}; INSERT INTO teams (name) VALUES ('kept')`)
  await bash(`set -euo pipefail\n${text}`, { DATABASE_URL: legacy.url }, repository)
  const [kept] = await legacy.query(`SELECT name, to_regclass('limbeck_version') FROM teams`)
  if (JSON.stringify(kept) !== '{"name":"kept","to_regclass":"limbeck_version"}')
    throw new Error(`the legacy database has ${JSON.stringify(kept)}`)
}

import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { initDb } from '../../src/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { revisionFolder } from '../support/revisions.ts'

const entry = pathToFileURL(path.resolve('dist/lib/index.js')).href

/** Tells the parent of every module file that is loaded. */
const hook = `data:text/javascript,${encodeURIComponent(`
import { writeSync } from 'node:fs'
export async function load(url, context, next) {
  if (url.startsWith('file:')) writeSync(1, 'loaded ' + url + '\\n')
  return await next(url, context)
}`)}`

async function bootInChild(options: object): Promise<string> {
  const code = `
import { register } from 'node:module'
register(${JSON.stringify(hook)})
const { initDb } = await import(${JSON.stringify(entry)})
console.log((await initDb(${JSON.stringify(options)})).outcome)`
  const args = ['--input-type=module', '--eval', code]
  return (await promisify(execFile)('node', args)).stdout
}

test('a boot at head loads neither command line, grammar, generator nor what carries steps out', async () => {
  const [database, folder] = [await createDatabase(), await revisionFolder()]
  await folder.sql('aaa1', { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' })
  const options = { url: database.url, migrations: folder.path }
  await initDb(options)
  const told = await bootInChild(options)
  expect(told).toMatch(/^current$/m)
  const loaded = told.match(/^loaded .*/gm) ?? []
  const own = loaded.flatMap((line) => /dist\/(.*)/.exec(line)?.[1] ?? [])
  expect(own.toSorted()).toEqual(['lib/boot.js', 'lib/index.js'])
  expect(loaded.filter((line) => /node_modules\/(?!postgres\/)/.test(line))).toEqual([])
  const unwanted = /^(?:async )?function (?:act|runSteps|buildRevisionMap|planUpgrade|diff)\b/gm
  expect((await readFile('dist/lib/boot.js', 'utf8')).match(unwanted)).toBe(null)
  const files = (await readdir('dist/lib')).filter(
    (name) => name.endsWith('.js') && name !== 'boot.js',
  )
  const texts = await Promise.all(files.map((name) => readFile(`dist/lib/${name}`, 'utf8')))
  const found = texts.join('\n').match(unwanted) ?? []
  expect(new Set(found.map((line) => line.replace('async ', ''))).size).toBe(5)
})

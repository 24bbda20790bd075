import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BootOptions } from '../../src/index.ts'
import { readEverything } from '../support/catalog.ts'
import { newDatabase, type TestDatabase } from '../support/database.ts'
import { revisionText } from '../support/revision-text.ts'
import { type Link, writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

const links: Readonly<Record<string, Link>> = {
  a01: { up: 'CREATE TABLE t (id int);', down: 'DROP TABLE t;' },
  a02: { up: 'INSERT INTO t VALUES (2);', down: 'DELETE FROM t;' },
  a03: { up: 'INSERT INTO t VALUES (3);', down: 'DELETE FROM t;' },
}

/** What somebody does behind Limbeck's back after a02, and how the next boot ends. */
interface Misuse {
  readonly name: string
  readonly folder?: (folder: string) => Promise<unknown>
  readonly database?: string
  readonly options?: Partial<BootOptions>
  readonly end: string
}

const file = (folder: string, id: string) => path.join(folder, `${id}_soak.sql`)
const write = (id: string, parent: string, up: string) => (folder: string) =>
  writeFile(file(folder, id), revisionText(id, { revises: parent, up, down: 'SELECT 1;' }))

const misuses: readonly Misuse[] = [
  {
    name: 'an applied file is edited',
    folder: write('a01', '', 'CREATE TABLE t (id bigint);'),
    end: 'LIMBECK_EDITED_REVISION',
  },
  {
    name: 'an applied file in the middle is gone',
    folder: (folder) => rm(file(folder, 'a02')),
    end: 'LIMBECK_MISSING_PARENT',
  },
  {
    name: 'two revisions have exchanged their ids',
    folder: async (folder) => {
      await write('a01', 'a02', 'CREATE TABLE t (id int);')(folder)
      await write('a02', '', 'INSERT INTO t VALUES (2);')(folder)
      await write('a03', 'a01', 'INSERT INTO t VALUES (3);')(folder)
    },
    end: 'LIMBECK_EDITED_REVISION',
  },
  {
    name: 'a phantom revision is stamped',
    database: `UPDATE limbeck_version SET version_num = 'feedbeef'`,
    end: 'LIMBECK_NO_SUCH_REVISION',
  },
  {
    name: 'a row says SQL',
    database: `UPDATE limbeck_version SET version_num = $$x'; DROP TABLE t; --$$`,
    end: 'LIMBECK_NO_SUCH_REVISION',
  },
  {
    name: 'all rows are deleted',
    database: 'DELETE FROM limbeck_version',
    end: 'LIMBECK_LEGACY_DATABASE',
  },
  {
    name: 'a progress row contradicts the version rows',
    database: `INSERT INTO limbeck_progress (version_table, revision, direction) VALUES ('limbeck_version', 'a01', 'upgrade')`,
    end: 'LIMBECK_VERSION_CONFLICT',
  },
  {
    name: 'a revision hangs in a cycle',
    folder: async (folder) => {
      await write('a01', 'a03', 'SELECT 1;')(folder)
    },
    end: 'LIMBECK_CYCLE',
  },
  {
    name: 'two files are one revision',
    folder: (folder) =>
      writeFile(path.join(folder, 'a02_again.sql'), revisionText('a02', { revises: 'a01' })),
    end: 'LIMBECK_DUPLICATE_REVISION',
  },
  {
    name: 'two heads',
    folder: write('b03', 'a02', 'SELECT 1;'),
    end: 'LIMBECK_MULTIPLE_HEADS',
  },
  {
    name: 'a file is half written',
    folder: (folder) =>
      writeFile(file(folder, 'a03'), '-- x\n--\n-- revision: a03\n-- revises: a02\n\n-- +upg'),
    end: 'LIMBECK_INVALID_FILE',
  },
  {
    name: 'junk that is no revision',
    folder: (folder) => writeFile(path.join(folder, 'dump.sql'), 'DROP TABLE t;'),
    end: 'LIMBECK_INVALID_FILE',
  },
  {
    name: 'junk that is none of our business',
    folder: async (folder) => {
      await mkdir(path.join(folder, 'meta'), { recursive: true })
      for (const name of ['README.md', '.DS_Store', 'a03_soak.sql.orig', 'notes.txt'])
        await writeFile(path.join(folder, name), '\0\xff; DROP TABLE t;')
    },
    end: 'upgraded',
  },
  {
    name: 'the folder is gone',
    folder: (folder) => rename(folder, `${folder}.gone`),
    end: 'LIMBECK_FOLDER_MISSING',
  },
  {
    name: 'hostile names',
    options: { schema: `a"; DROP TABLE t; --`, versionTable: `v'"; DROP TABLE t; --` },
    end: 'created',
  },
]

/** Files, rows and names that somebody has tampered with: a code, and nothing is executed. */
export async function misuse(_: Size, report: Report, ground: Ground): Promise<void> {
  await withWorkers(1, async ([worker]) => {
    for (const [index, { name, end, ...does }] of misuses.entries()) {
      const folder = await writeChain(ground.folder, `misuse-${index}`, links)
      const database = await newDatabase(ground.serverUrl)
      const options = { url: database.url, migrations: folder }
      await worker!.run({ call: 'upgrade', args: ['a02'], options })
      await does.folder?.(folder)
      if (does.database) await database.query(does.database)
      const before = await tablesOf(database)
      const answer = await worker!.run(bootOn(database.url, folder, does.options))
      report.run()
      report.outcome(`${name}: ${endOf(answer)}`)
      if (endOf(answer) !== end) report.unexplained(name, { ...answer, log: [] })
      if (answer.error && (await tablesOf(database)) !== before)
        report.unexplained(`${name}: something was changed`)
      const told = JSON.stringify(answer)
      const { password } = new URL(ground.serverUrl)
      if (password.length > 0 && told.includes(`:${password}@`))
        report.unexplained(`${name}: the password is told`)
      await database.drop()
    }
    await twoServices(report, ground, worker!)
  })
}

const tablesOf = async (database: TestDatabase) => (await readEverything(database)).join('\n')

/** Two services share a schema, each with a version table of its own: neither sees the other's revisions. */
async function twoServices(
  report: Report,
  { serverUrl, folder }: Ground,
  worker: import('./worker.ts').Worker,
) {
  const database = await newDatabase(serverUrl)
  const one = await writeChain(folder, 'one', links)
  const other = await writeChain(folder, 'other', { a01: { up: 'CREATE TABLE o (id int);' } })
  const boots = [
    await worker.run(bootOn(database.url, one, { versionTable: 'one', ignoreTables: ['o'] })),
    await worker.run(bootOn(database.url, other, { versionTable: 'other', ignoreTables: ['t'] })),
    await worker.run(bootOn(database.url, one, { versionTable: 'one' })),
    await worker.run(bootOn(database.url, other, { versionTable: 'other' })),
  ]
  report.run()
  report.outcome(`two services: ${boots.map(endOf).join(' ')}`)
  if (boots.map(endOf).join() !== 'created,created,current,current')
    report.unexplained('two services', boots.map(endOf))
  await database.drop()
}

import { join } from 'node:path'
import type { BootOptions } from '../../src/index.ts'
import { sqlRevision } from '../commands/temp-folder.ts'
import type { CliProject } from '../support/cli-project.ts'
import { tryHints } from '../support/hints.ts'
import { createDatabase } from '../support/postgres.ts'
import { keepLog } from '../support/revisions.ts'

const modelsOf = (project: CliProject) => ({ models: join(project.cwd, 'schema.mjs') })
const asModels = "export const a = pg.pgTable('t_a1', {})"
const more = `${asModels}\nexport const b = pg.pgTable('b', { n: pg.integer() })`

/** What a boot tells of when the service may serve. */
function findingOf(options: (project: CliProject) => Partial<BootOptions>) {
  return (project: CliProject) =>
    new Promise<string>((resolve, reject) => {
      const onFinding: BootOptions['onFinding'] = ({ message, hint }) =>
        resolve(`${message} ${hint}`)
      project.boot({ ...options(project), onFinding }).catch(reject)
    })
}

const agrees = async ({ limbeck }: CliProject) => {
  const { code, stdout } = await limbeck('check')
  if (code !== 0) throw new Error(stdout)
}

/** The head says that it leads to other models than there are. */
const noted = (models: string) =>
  sqlRevision('a1').replace('-- created:', `-- models: ${models}\n-- created:`)

tryHints('boot', {
  'a boot that only verifies': { boots: { mode: 'verify' } },
  'a boot that waits in vain': { boots: { mode: 'wait', waitTimeout: 0 } },
  'a boot from models that no revision notes': {
    graph: { a1: {} },
    models: asModels,
    tells: async (project) => {
      const logger = keepLog()
      await project.boot({ ...modelsOf(project), logger })
      return logger.lines.map(({ message }) => message).join('\n')
    },
    after: agrees,
  },
  'an empty database that neither models nor revisions make': {
    graph: {},
    files: {
      'migrations/a1_message.sql': noted('0123456789abcdef')
        .replace('CREATE TABLE t_a1 ();', '')
        .replace('DROP TABLE t_a1;', ''),
    },
    models: asModels,
    tells: async (project) => {
      const { url, query } = await createDatabase()
      await query('CREATE TABLE t_a1 ()')
      await project.runWith(['stamp', '--yes', 'a1'], { env: { DATABASE_URL: url } })
      project.file('url', url)
      project.models(more)
      return await project.boot(modelsOf(project)).then(
        () => '',
        ({ message, details }) => `${message} ${details.hint}`,
      )
    },
    means: (project) => ({ '…': 'x', '<url>': project.read('url') }),
    after: async (project) => {
      await project.boot(modelsOf(project))
    },
  },
  'models that were changed after the head was written': {
    graph: { a1: {} },
    models: asModels,
    tells: async (project) => {
      await project.limbeck('upgrade')
      await project.limbeck('check', '--write')
      project.models(more)
      return await findingOf(modelsOf)(project)
    },
    means: { '…': 'x' },
    between: ({ limbeck }) => limbeck('upgrade'),
    after: agrees,
  },
  'a head that notes other models, none of which differs': {
    graph: {},
    files: { 'migrations/a1_message.sql': noted('0123456789abcdef') },
    models: asModels,
    before: ({ limbeck }) => limbeck('upgrade'),
    tells: findingOf(modelsOf),
    means: { '…': 'x' },
    after: async (project) => {
      const logger = keepLog()
      await project.boot({ ...modelsOf(project), logger })
      await new Promise((resolve) => setImmediate(resolve))
      const warned = logger.lines.filter(({ level }) => level === 'warn')
      if (warned.length > 0) throw new Error(warned[0]?.message)
    },
  },
  'an edited file at head': {
    before: async ({ limbeck, file }) => {
      await limbeck('upgrade')
      file(
        'migrations/b1_message.sql',
        sqlRevision('b1', { revises: 'a1' }).replace(' ();', ' (x int);'),
      )
    },
    tells: findingOf(() => ({})),
    after: agrees,
  },
  'a table that was changed by hand': {
    before: async ({ limbeck, database }) => {
      await limbeck('upgrade')
      await limbeck('check', '--database', '--write')
      await database.query('ALTER TABLE t_a1 ADD x int')
    },
    tells: findingOf(() => ({ drift: 'warn' })),
    codes: [1, 0],
    after: async ({ limbeck }) => {
      const { code, stdout } = await limbeck('check', '--database')
      if (code !== 0) throw new Error(stdout)
    },
  },
})

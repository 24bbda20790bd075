import { type Project, posix } from '../config/find-project.ts'
import { firstSteps, stepsFromDatabase } from '../session/first-steps.ts'
import type { StateOrReason } from '../session/state-or-reason.ts'
import type { Begun } from './import/find-history.ts'

/** What to do after `init`, one step an entry. */
export function nextSteps(
  project: Project,
  folder: string,
  begun: Begun,
  database: StateOrReason | null,
): readonly string[] {
  const { packages, models, history } = project
  const missing = ['limbeck', 'drizzle-orm'].filter((name) => !packages.has(name))
  const fastify = packages.has('fastify')
  return [
    ...(missing.length > 0 ? [`Install what is missing:\n  npm install ${missing.join(' ')}`] : []),
    ...(models === null
      ? ['Name the file with your Drizzle tables in limbeck.config.ts: models']
      : []),
    ...(database === null
      ? [
          `Say where the database is, here or in .env:\n  export ${variableOf(project)}=postgres://user:password@localhost:5432/database`,
        ]
      : []),
    ...(database?.is === 'unknown'
      ? [`Make the database answer, whose state could not be read: ${database.reason}`]
      : []),
    ...(database?.is === 'unreadable'
      ? [`Mend the migrations, which could not be read: ${database.reason}`]
      : []),
    ...historySteps(project, folder, begun, database),
    `${history === null ? 'Migrate when the service starts' : 'Replace migrate() where the service starts'}:\n${indent(startExample(fastify, project))}`,
  ]
}

/** How what there is becomes the beginning of the revisions. */
function historySteps(
  { history }: Project,
  folder: string,
  { any: hasRevisions, foreign, code }: Begun,
  database: StateOrReason | null,
): readonly string[] {
  const isBegun = history !== null || hasRevisions || database?.is === 'current'
  if (!isBegun && foreign !== undefined)
    return [
      `Make revisions of what ${foreign.tool} has:\n  npx limbeck import ${foreign.tool} ${foreign.folder} --into ${folder}`,
      'See where its record says that the database is:\n  npx limbeck doctor',
    ]
  return isBegun || code === undefined
    ? firstSteps(history, hasRevisions, database)
    : stepsFromDatabase(code.tool, code.folder, code.isAdopted)
}

const variableOf = ({ kit }: Project): string => kit?.urlVariable ?? 'DATABASE_URL'

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

/** How the service calls the migrator: with the configuration of the command line, and with models that it has imported. */
function startExample(fastify: boolean, project: Project): string {
  const { models } = project
  const isFile = typeof models === 'string' && /^[^*?{[]+\.[mc]?[jt]s$/.test(models)
  const file = isFile ? models : null
  const isInside = [models ?? 'src/'].flat()[0]?.startsWith('src/')
  const imports = [
    `import config from '${isInside ? '..' : '.'}/limbeck.config.js'`,
    fastify ? "import limbeck from 'limbeck/fastify'" : "import { initDb } from 'limbeck'",
    ...(file === null ? [] : [`import * as models from './${importPath(file)}'`]),
  ]
  const options = [
    '...config',
    ...(file === null ? [] : ['models']),
    `url: process.env.${variableOf(project)} ?? ''`,
  ]
  const call = fastify ? 'app.register(limbeck, ' : 'await initDb('
  return `${imports.join('\n')}\n\n${call}{ ${options.join(', ')} })`
}

/** As a file in the source folder imports it: compiled, and so by its later name. */
const importPath = (models: string): string =>
  posix(models)
    .replace(/^src\//, '')
    .replace(/\.ts$/, '.js')

import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LimbeckError } from '../../errors.ts'
import { compareVersions } from '../../ledger/spread-rows.ts'
import type { SqlTool } from '../../script/ledger-entry.ts'
import type { ForeignFile } from './migration.ts'

type OtherTool = Exclude<SqlTool, 'drizzle'>

/** Names by their bytes, as Go and Rust sort them. */
const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other))

/** The tool's migrations in its order. Throws LIMBECK_INVALID_OPTION where some of them are code. */
export function listFiles(tool: OtherTool, folder: string): readonly ForeignFile[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).toSorted(byBytes)
  refuseCode(tool, folder, names)
  return lists[tool](folder, names)
}

const plainNumber = (digits: string) => String(BigInt(digits))

/** Files whose names match, with what the tool calls them. */
function matching(
  folder: string,
  names: readonly string[],
  pattern: RegExp,
  nameOf: (match: RegExpExecArray) => string = ([, first = '']) => first,
): readonly ForeignFile[] {
  return names.flatMap((name) => {
    const match = pattern.exec(name)
    if (match === null) return []
    const title = name.replace(/\.up\.sql$|\.sql$/, '')
    return { title, file: join(folder, name), name: nameOf(match) }
  })
}

function byVersion(files: readonly ForeignFile[]): readonly ForeignFile[] {
  return files.toSorted((a, b) => compareVersions(a.name, b.name) || byBytes(a.title, b.title))
}

const lists: Readonly<
  Record<OtherTool, (folder: string, names: readonly string[]) => readonly ForeignFile[]>
> = {
  prisma: (folder, names) =>
    names.flatMap((name) => {
      const file = join(folder, name, 'migration.sql')
      return existsSync(file) ? { title: name, file, name } : []
    }),
  'node-pg-migrate': (folder, names) =>
    matching(folder, names, /^([^.].*)\.sql$/).toSorted(
      (a, b) =>
        timeOf(a.name) - timeOf(b.name) ||
        a.title.localeCompare(b.title, 'en', { numeric: true, ignorePunctuation: true }),
    ),
  dbmate: (folder, names) => matching(folder, names, /^(\d+).*\.sql$/),
  'golang-migrate'(folder, names) {
    const version = ([, digits = '']: RegExpExecArray) => plainNumber(digits)
    const downs = matching(folder, names, /^(\d+)_.*\.down\.sql$/, version)
    const ups = matching(folder, names, /^(\d+)_.*\.up\.sql$/, version)
    return byVersion(ups).map((each) => withDown(each, downs))
  },
  goose: (folder, names) =>
    byVersion(matching(folder, names, /^(\d+)_.*\.sql$/, ([, digits = '']) => plainNumber(digits))),
  flyway: (folder) => listFlyway(folder),
  'graphile-migrate': (folder, names) =>
    matching(folder, names, /^(\d+)(?:-[-\w]*)?\.sql$/, ([, digits]) => `${digits}.sql`),
}

/** What node-pg-migrate sorts by: 17 digits are a date and a time, anything else is a number. */
function timeOf(name: string): number {
  const digits = /^\d+/.exec(name)?.[0] ?? '0'
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits)
  if (parts === null) return Number(digits)
  const [year = 0, month = 1, ...rest] = parts.slice(1).map(Number)
  return Date.UTC(year, month - 1, ...rest)
}

function withDown(file: ForeignFile, downs: readonly ForeignFile[]): ForeignFile {
  const down = downs.find(({ name }) => name === file.name)
  return down === undefined ? file : { ...file, downFile: down.file }
}

/**
 * Versions, then what is run again whenever it changes. A migration that makes the baseline (`B`) stands for the versions up to
 * it where none of their files is left.
 */
function listFlyway(folder: string): readonly ForeignFile[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted(byBytes)
  const named = (prefix: string) =>
    paths.flatMap((path) => {
      const match = new RegExp(`^${prefix}(\\d[\\d._]*?)(?:__.*)?\\.sql$`).exec(basename(path))
      if (match === null) return []
      const name = (match[1] ?? '').replaceAll('_', '.')
      return { title: basename(path, '.sql'), file: join(folder, path), name }
    })
  const versions = named('V')
  const [baseline] = byVersion(named('B')).toReversed()
  const isCovered = ({ name }: ForeignFile) =>
    baseline !== undefined && compareVersions(name, baseline.name) <= 0
  const first = baseline === undefined || versions.some(isCovered) ? [] : [baseline]
  const repeatable = paths.flatMap((path) => {
    const match = /^R__(.*)\.sql$/.exec(basename(path))
    if (match === null) return []
    const name = `R__${(match[1] ?? '').replaceAll(' ', '_')}`
    return { title: basename(path, '.sql'), file: join(folder, path), name }
  })
  const undone = named('U')
  return [
    ...byVersion([...first, ...versions]).map((each) => withDown(each, undone)),
    ...repeatable.toSorted((a, b) => byBytes(a.name, b.name)),
  ]
}

/** What a tool takes for a migration and cannot be read as SQL. */
const code: Readonly<Partial<Record<OtherTool, RegExp>>> = {
  'node-pg-migrate': /^\d.*\.[cm]?[jt]s$/,
  goose: /^\d+_.*(?<!_test)\.go$/,
  flyway: /^[VRB][\d._]*__.*\.(?:java|kt|class|groovy)$/,
}

function refuseCode(tool: OtherTool, folder: string, names: readonly string[]): void {
  const found = names.find((name) => code[tool]?.test(name) && !/\.d\.[cm]?ts$/.test(name))
  if (found === undefined) return
  throw new LimbeckError('LIMBECK_INVALID_OPTION', `the migration ${found} is code, not SQL`, {
    file: join(folder, found),
    hint: `Write what all of them have made as the first revision: \`npx limbeck revision --from-database -m baseline\`. Databases that ${tool} has brought there are adopted by it.`,
  })
}

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LimbeckError } from '../../errors.ts'
import { invalidFile } from '../../script/invalid-file.ts'
import type { SqlTool } from '../../script/ledger-entry.ts'
import { lineAt } from '../../sql/line-at.ts'
import type { Lookup } from './migration.ts'

/** Variables of the process, as the tools read them. */
export type Environment = Readonly<Record<string, string | undefined>>

interface Location {
  readonly file: string
  readonly line: number
}

/** How a tool's files name values that it puts in. */
export interface Placeholders {
  readonly lookup: Lookup
  /** The text with the values in place. Throws LIMBECK_INVALID_FILE for one that has none. */
  readonly replace: (text: string, file: string) => string
}

export function placeholdersOf(
  tool: SqlTool,
  folder: string,
  environment: Environment,
): Placeholders {
  if (tool === 'flyway') return flyway(folder, environment)
  if (tool === 'graphile-migrate') return graphileMigrate(folder, environment)
  return { lookup: (name) => environment[name], replace: (text) => text }
}

/** Files of the project's configuration: beside the migrations or in a folder above them, the nearest first. */
function configurations(folder: string, names: readonly string[]): readonly string[] {
  const folders = [folder]
  for (let level = 0; level < 6; level += 1) folders.push(dirname(folders.at(-1) ?? folder))
  return [...new Set(folders)]
    .flatMap((each) => names.map((name) => join(each, name)))
    .filter((file) => existsSync(file))
}

function flyway(folder: string, environment: Environment): Placeholders {
  const [file] = configurations(folder, ['flyway.toml', 'flyway.conf', 'conf/flyway.conf'])
  const settings = file === undefined ? new Map() : flywaySettings(readFileSync(file, 'utf8'))
  const lookup: Lookup = (name) =>
    environment[`FLYWAY_PLACEHOLDERS_${name.toUpperCase()}`] ??
    settings.get(`placeholders.${name.toLowerCase()}`)
  const isOff = (conf: ReadonlyMap<string, string>) =>
    conf.get('placeholderreplacement') === 'false'
  const replace = (text: string, script: string) =>
    isOff(settings) || isOff(scriptSettings(script))
      ? text
      : text.replace(/\$\{([^}]+)\}/g, (written, name: string, at: number) => {
          const value = lookup(name)
          if (value !== undefined) return value
          const set = /^[\w.]+$/.test(name)
            ? `Set FLYWAY_PLACEHOLDERS_${name.toUpperCase()} for the import, or write the value in flyway.conf.`
            : 'Flyway itself fills it in: write its value in the file.'
          throw unknown({ file: script, line: lineAt(text, at) }, written, set)
        })
  return { lookup, replace }
}

/** Settings of one migration, from the file that Flyway reads beside it. */
export function scriptSettings(file: string): ReadonlyMap<string, string> {
  const conf = `${file}.conf`
  return existsSync(conf) ? flywaySettings(readFileSync(conf, 'utf8')) : new Map()
}

/** `flyway.x=y` of a .conf and `x = "y"` of a .toml, by names in lower case without `flyway.`. */
function flywaySettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  let table = ''
  for (const line of text.split('\n').map((each) => each.trim())) {
    const header = /^\[([^\]]+)\]/.exec(line)?.[1]
    if (header !== undefined) table = `${header.trim()}.`
    const [, key, value] = /^([\w.:"'-]+)\s*=\s*(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined) continue
    const name = `${table}${key}`.replace(/["']/g, '').replace(/^flyway\./, '')
    settings.set(name.toLowerCase(), value.replace(/^"(.*)"$|^'(.*)'$/, '$1$2'))
  }
  return settings
}

/** Those of .gmrc and the two that graphile-migrate has of its own; without .gmrc whatever looks like one. */
function graphileMigrate(folder: string, environment: Environment): Placeholders {
  const [file] = configurations(folder, ['.gmrc'])
  const given = file === undefined ? null : readGmrc(file)
  const lookup: Lookup = (name) => {
    const value = given?.[`:${name}`]
    return value === undefined || value === '!ENV' ? environment[name] : value
  }
  const names = [...Object.keys(given ?? {}), ':DATABASE_NAME', ':DATABASE_OWNER']
  const pattern =
    given === null
      ? /(?<![:\w]):[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g
      : new RegExp(`(?:${names.join('|')})\\b`, 'g')
  const replace = (text: string, script: string) =>
    text.replace(pattern, (written: string, at: number) => {
      const value = lookup(written.slice(1))
      if (value !== undefined) return value
      const hint = `Set ${written.slice(1)} for the import, as graphile-migrate has it.`
      throw unknown({ file: script, line: lineAt(text, at) }, written, hint)
    })
  return { lookup, replace }
}

/** JSON with comments and trailing commas. */
function readGmrc(file: string): Readonly<Record<string, string>> | null {
  const text = readFileSync(file, 'utf8')
    .replace(/("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[\s\S]*?\*\//g, '$1')
    .replace(/,(\s*[}\]])/g, '$1')
  try {
    const { placeholders = {} } = JSON.parse(text) as {
      placeholders?: Readonly<Record<string, string>> | null
    }
    return placeholders ?? {}
  } catch {
    return null
  }
}

const variable = /\\\$|\$\$|\$\{(\w+)(?:(:?-|\?)([^}]*))?\}|\$([A-Za-z_]\w*)/g

/** As a shell would, which is what goose does between ENVSUB ON and OFF. */
export function replaceVariables(line: string, lookup: Lookup, location: Location): string {
  return line.replace(variable, (written, braced, operator, word, plain) => {
    const name: string | undefined = braced ?? plain
    if (name === undefined) return '$'
    const value = lookup(name)
    if (value !== undefined && (value !== '' || operator !== ':-')) return value
    if (operator === '-' || operator === ':-') return String(word)
    throw unknown(location, written, `Set ${name} for the import, as goose has it.`)
  })
}

function unknown({ file, line }: Location, written: string, hint: string): LimbeckError {
  return invalidFile(file, line, `nothing says what ${written} stands for`, hint)
}

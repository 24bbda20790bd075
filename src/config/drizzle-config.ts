import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

/** What drizzle-kit is told, as far as it can be read without running its configuration. */
export interface DrizzleConfig {
  /** Name of the file. */
  readonly file: string
  /** Files, folders or patterns of the models, as written. */
  readonly schema: readonly string[]
  /** Folder of the migrations; null where it is not said, or put together by code. */
  readonly out: string | null
  readonly casing: string | null
  /** Environment variable that the URL is taken from. */
  readonly urlVariable: string | null
  readonly schemaFilter: readonly string[]
  readonly tablesFilter: readonly string[]
  /** Where the ledger is; null: where it usually is. */
  readonly ledgerTable: string | null
  readonly ledgerSchema: string | null
}

/** What there is of drizzle-kit's configurations. */
export interface DrizzleConfigs {
  /** The one that counts, or null. */
  readonly kit: DrizzleConfig | null
  /** Those that stand before it, or alone, and are for another kind of database. */
  readonly passedOver: readonly { readonly file: string; readonly dialect: string }[]
}

const drizzleConfigNames: readonly string[] = ['ts', 'js', 'mjs', 'mts', 'cjs', 'json'].map(
  (end) => `drizzle.config.${end}`,
)

/**
 * Reads the first one for PostgreSQL: in the root under its usual name, then where a script of package.json says that it is, then
 * under a name of its own (`drizzle-dev.config.ts`). Settings that are put together by code count as missing, but for names of
 * constants and paths beside the file.
 */
export async function readDrizzleConfigs(root: string): Promise<DrizzleConfigs> {
  const passedOver: { file: string; dialect: string }[] = []
  const names = [...drizzleConfigNames, ...(await scriptedConfigs(root)), ...(await named(root))]
  for (const file of new Set(names)) {
    const text = await readFile(join(root, file), 'utf8').catch(() => null)
    if (text === null) continue
    const { other, ...kit } = parse(file, text)
    if (other === null) return { kit, passedOver }
    passedOver.push({ file, dialect: other })
  }
  return { kit: null, passedOver }
}

/** Configurations in the root that are called after what they are for. */
async function named(root: string): Promise<readonly string[]> {
  const names = await readdir(root).catch(() => [])
  return names
    .filter((name) => /^drizzle[\w.-]*\.[mc]?[jt]s$/.test(name) && /config/.test(name))
    .sort()
}

/** What `drizzle-kit … --config <file>` names, that of migrations first. */
async function scriptedConfigs(root: string): Promise<readonly string[]> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '')
  const calls = [...text.matchAll(/\bdrizzle-kit\s+(\w+)[^"&|]*?\s--config[=\s]+([^\s"&|]+)/g)]
  const writes = (word: string | undefined) => /^(?:generate|migrate)/.test(word ?? '')
  return calls
    .toSorted(([, a], [, b]) => Number(writes(b)) - Number(writes(a)))
    .flatMap(([, , file]) => (file === undefined ? [] : posix.normalize(file)))
}

/** `other` is the dialect where that is said and is not PostgreSQL. */
function parse(file: string, text: string): DrizzleConfig & { readonly other: string | null } {
  const said = text.replace(/(^|\s)\/\/.*$/gm, '$1').replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1')
  const code = withPlainPaths(said, posix.dirname(file))
  const { rest, inside } = withoutNested(code)
  const migrations = inside.get('migrations') ?? ''
  const dialect = [...textsIn(rest, 'dialect'), ...textsIn(rest, 'driver')][0] ?? ''
  return {
    file,
    other:
      /^(?:mysql|sqlite|better-sqlite|libsql|turso|d1|expo|singlestore|gel|mssql|cockroach)/.test(
        dialect,
      )
        ? dialect
        : null,
    schema: textsIn(rest, 'schema'),
    out: textsIn(rest, 'out')[0] ?? null,
    casing: textsIn(rest, 'casing')[0] ?? null,
    urlVariable:
      /\burl["']?\s*:\s*(?:process\.)?env(?:\.|\[["'])([A-Z][A-Z0-9_]*)/.exec(code)?.[1] ?? null,
    schemaFilter: textsIn(rest, 'schemaFilter'),
    tablesFilter: textsIn(rest, 'tablesFilter'),
    ledgerTable: textsIn(migrations, 'table')[0] ?? null,
    ledgerSchema: textsIn(migrations, 'schema')[0] ?? null,
  }
}

/** A setting that is an object, the innermost one: braces in strings are none. */
const nested =
  /(?<=[\s{,])["']?([\w$]+)["']?\s*:\s*\{((?:[^{}"'`]|"[^"\n]*"|'[^'\n]*'|`[^`]*`)*)\}/g

/** Takes out the settings that are objects: names in them (`introspect: { casing }`) mean something else. */
function withoutNested(code: string): {
  readonly rest: string
  readonly inside: ReadonlyMap<string, string>
} {
  const inside = new Map<string, string>()
  let rest = code
  for (let before = ''; before !== rest; ) {
    before = rest
    rest = rest.replace(nested, (_, name: string, text: string) => {
      inside.set(name, text)
      return `${name}: 0`
    })
  }
  return { rest, inside }
}

const literal = /(["'`])([^"'`]*)\1/.source
const besideFile = /(?:__dirname|import\.meta\.dirname)/.source

/** Paths that are made of the file's own folder or of the working directory, as strings. */
function withPlainPaths(code: string, folder: string): string {
  const beside = (_: string, _quote: string, path: string) => `'${posix.join(folder, path)}'`
  const calls = (name: string, first: string) =>
    new RegExp(`\\b(?:path\\.)?${name}\\(\\s*${first}${literal}\\s*,?\\s*\\)`, 'g')
  return code
    .replace(
      new RegExp(
        `\\bnew URL\\(\\s*${literal}\\s*,\\s*import\\.meta\\.url\\s*\\)(?:\\.pathname)?`,
        'g',
      ),
      beside,
    )
    .replace(calls('fileURLToPath', ''), "'$2'")
    .replace(calls('(?:join|resolve)', `${besideFile}\\s*,\\s*`), beside)
    .replace(calls('(?:join|resolve|relative)', 'process\\.cwd\\(\\)\\s*,\\s*'), "'$2'")
}

/** The strings of `name: '…'`, `name: ['…', '…']` or `name: constant`, and of what stands behind `??` or `||`. */
export function textsIn(code: string, name: string): readonly string[] {
  const values = /(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*'|`[^`$]*`)/.source
  const said = (before: string) => new RegExp(`\\b${before}\\s*${values}`).exec(code)?.[1]
  const constant = new RegExp(`\\b${name}["']?\\s*:\\s*([A-Za-z_$][\\w$]*)\\s*[,}\\n]`).exec(
    code,
  )?.[1]
  const shorthand = new RegExp(`[{,]\\s*${name}\\s*[,}]`).test(code) ? name : undefined
  const known = constant ?? shorthand
  const value =
    said(`${name}["']?\\s*:`) ??
    said(`${name}["']?\\s*:[^,\\n]*(?:\\?\\?|\\|\\|)`) ??
    (known && said(`(?:const|let)\\s+${known.replaceAll('$', '\\$')}(?:\\s*:[^=\\n]*)?\\s*=`))
  return [...(value ?? '').matchAll(/"([^"]+)"|'([^']+)'|`([^`]+)`/g)].map(
    ([, double, single, tick]) => double ?? single ?? tick ?? '',
  )
}

import { readFile } from 'node:fs/promises'
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

export const drizzleConfigNames: readonly string[] = ['ts', 'js', 'mjs', 'mts', 'cjs', 'json'].map(
  (end) => `drizzle.config.${end}`,
)

/**
 * Reads it from the root, or from where a script of package.json says that it is; null where there is none. Settings that are put
 * together by code count as missing, but for names of constants and paths beside the file.
 */
export async function readDrizzleConfig(root: string): Promise<DrizzleConfig | null> {
  for (const file of [...drizzleConfigNames, ...(await scriptedConfigs(root))]) {
    const text = await readFile(join(root, file), 'utf8').catch(() => null)
    if (text !== null) return parse(file, text)
  }
  return null
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

function parse(file: string, text: string): DrizzleConfig {
  const said = text.replace(/^\s*\/\/.*$/gm, '').replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1')
  const code = withPlainPaths(said, posix.dirname(file))
  const migrations = /\bmigrations["']?\s*:\s*\{([^}]*)\}/.exec(code)?.[1] ?? ''
  // What is in `migrations: { … }` has a `schema` of its own.
  const rest = code.replace(/\bmigrations["']?\s*:\s*\{[^}]*\}/, '')
  return {
    file,
    schema: textsIn(rest, 'schema'),
    out: textsIn(rest, 'out')[0] ?? null,
    casing: textsIn(rest, 'casing')[0] ?? null,
    urlVariable:
      /\burl["']?\s*:\s*(?:process\.)?env(?:\.|\[["'])([A-Z][A-Z0-9_]*)/.exec(rest)?.[1] ?? null,
    schemaFilter: textsIn(rest, 'schemaFilter'),
    tablesFilter: textsIn(rest, 'tablesFilter'),
    ledgerTable: textsIn(migrations, 'table')[0] ?? null,
    ledgerSchema: textsIn(migrations, 'schema')[0] ?? null,
  }
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

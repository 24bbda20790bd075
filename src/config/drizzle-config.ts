import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What drizzle-kit is told, as far as it can be read without running its configuration. */
export interface DrizzleConfig {
  /** Name of the file. */
  readonly file: string
  /** Files, folders or patterns of the models, as written. */
  readonly schema: readonly string[]
  /** Folder of the migrations. Default: `drizzle`. */
  readonly out: string
  readonly casing: string | null
  readonly schemaFilter: readonly string[]
  readonly tablesFilter: readonly string[]
  /** Where the ledger is; null: where it usually is. */
  readonly ledgerTable: string | null
  readonly ledgerSchema: string | null
}

export const drizzleConfigNames: readonly string[] = ['ts', 'js', 'mjs', 'mts', 'cjs', 'json'].map(
  (end) => `drizzle.config.${end}`,
)

/** Reads it; null where there is none. Settings that are put together by code count as missing. */
export async function readDrizzleConfig(root: string): Promise<DrizzleConfig | null> {
  for (const file of drizzleConfigNames) {
    const text = await readFile(join(root, file), 'utf8').catch(() => null)
    if (text !== null) return parse(file, text)
  }
  return null
}

function parse(file: string, text: string): DrizzleConfig {
  const code = text.replace(/^\s*\/\/.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '')
  const migrations = /\bmigrations["']?\s*:\s*\{([^}]*)\}/.exec(code)?.[1] ?? ''
  // What is in `migrations: { … }` has a `schema` of its own.
  const rest = code.replace(/\bmigrations["']?\s*:\s*\{[^}]*\}/, '')
  return {
    file,
    schema: textsIn(rest, 'schema'),
    out: textsIn(rest, 'out')[0] ?? 'drizzle',
    casing: textsIn(rest, 'casing')[0] ?? null,
    schemaFilter: textsIn(rest, 'schemaFilter'),
    tablesFilter: textsIn(rest, 'tablesFilter'),
    ledgerTable: textsIn(migrations, 'table')[0] ?? null,
    ledgerSchema: textsIn(migrations, 'schema')[0] ?? null,
  }
}

/** The strings of `name: '…'` or `name: ['…', '…']`. */
export function textsIn(code: string, name: string): readonly string[] {
  const value = new RegExp(
    `\\b${name}["']?\\s*:\\s*(\\[[^\\]]*\\]|"[^"\\n]*"|'[^'\\n]*'|\`[^\`$]*\`)`,
  ).exec(code)?.[1]
  return [...(value ?? '').matchAll(/"([^"]+)"|'([^']+)'|`([^`]+)`/g)].map(
    ([, double, single, tick]) => double ?? single ?? tick ?? '',
  )
}

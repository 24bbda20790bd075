import { type Project, posix } from '../config/find-project.ts'
import type { Begun } from './import/find-history.ts'

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`

const listed = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`

/** What `limbeck.config.ts` says at first. */
export function configText(
  folder: string,
  { models, history, kit }: Project,
  begun: Begun,
): string {
  const found = begun.any ? begun.tool : begun.foreign?.tool
  const kept = history === null ? found : 'drizzle'
  const settings = [
    `migrations: ${history === null ? quoted(folder) : listed([history, folder])}`,
    models === null
      ? "// models: 'src/db/schema.ts'"
      : `models: ${typeof models === 'string' ? quoted(posix(models)) : listed(models)}`,
    ...(isOfOwn(kit?.urlVariable) ? [`url: process.env.${kit?.urlVariable} ?? ''`] : []),
    ...(kept === undefined
      ? []
      : [`ledger: ${kept === 'drizzle' ? ledgerText(kit) : quoted(kept)}`]),
    ...(kit?.casing ? [`casing: ${quoted(kit.casing)}`] : []),
    ...filterText(kit),
  ]
  return `import type { ConfigFile } from 'limbeck'

export default {
  // The service takes it too. Without a url here the command line takes DATABASE_URL from the environment or from .env.
${settings.map((setting) => `  ${setting},\n`).join('')}} satisfies ConfigFile
`
}

/** drizzle-kit's own word where its ledger is where it usually is. */
function ledgerText(kit: Project['kit']): string {
  const { ledgerSchema: schema = null, ledgerTable: table = null } = kit ?? {}
  if (schema === null && table === null) return "'drizzle'"
  const settings = [
    ...(schema === null ? [] : [`schema: ${quoted(schema)}`]),
    ...(table === null ? [] : [`table: ${quoted(table)}`]),
  ]
  return `{ tool: 'drizzle', ${settings.join(', ')} }`
}

/** drizzle-kit's filters, in the words of this configuration. */
function filterText(kit: Project['kit']): readonly string[] {
  const tables = kit?.tablesFilter ?? []
  const include = tables.filter((pattern) => !pattern.startsWith('!'))
  const exclude = tables.flatMap((pattern) => (pattern.startsWith('!') ? pattern.slice(1) : []))
  const schemas = (kit?.schemaFilter ?? []).filter((name) => name !== 'public')
  const settings = [
    ...(include.length === 0 ? [] : [`include: ${listed(include)}`]),
    ...(exclude.length === 0 ? [] : [`exclude: ${listed(exclude)}`]),
    ...(schemas.length === 0 ? [] : [`schemas: ${listed(schemas)}`]),
  ]
  return settings.length === 0 ? [] : [`autogenerate: { ${settings.join(', ')} }`]
}

/** Without its own word the command line takes DATABASE_URL. */
const isOfOwn = (variable: string | null | undefined) =>
  typeof variable === 'string' && variable !== 'DATABASE_URL'

/** What of drizzle-kit's configuration the new one says in its own words. */
export function takenSettings({ kit, history }: Project): readonly string[] {
  if (kit === null) return []
  const taken = {
    schema: kit.schema.length > 0,
    out: kit.out !== null && history !== null,
    casing: kit.casing !== null,
    'dbCredentials.url': isOfOwn(kit.urlVariable),
    schemaFilter: kit.schemaFilter.some((name) => name !== 'public'),
    tablesFilter: kit.tablesFilter.length > 0,
    migrations: (kit.ledgerSchema ?? kit.ledgerTable) !== null,
  }
  return Object.entries(taken).flatMap(([name, isTaken]) => (isTaken ? name : []))
}

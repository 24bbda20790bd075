import { isUnquotedSecret, secretsIn, speaksOfSecrets, withoutSecrets } from './without-secrets.ts'

/** Shorter texts are part of any message. */
const shortest = 4

/** What postgres.js and Drizzle note of the query that failed. */
type Failed = Error & { [name in 'query' | 'parameters' | 'params']?: unknown }

/**
 * Takes the secrets of a statement out of the error that it led to, and out of that error's causes: PostgreSQL quotes
 * values, and where its grammar stopped; a library quotes the query with its parameters. In place, since a
 * log shows the causes of an error too. Without a statement it is the query that the error notes.
 */
export function concealSecrets(error: unknown, statement?: string): void {
  const chain: Failed[] = []
  for (let at = error; at instanceof Error; at = at.cause) chain.push(at)
  const queries = (statement === undefined ? chain.map(({ query }) => query) : [statement]).filter(
    (sql) => typeof sql === 'string',
  )
  const secrets = [...queries.flatMap(secretsIn), ...chain.flatMap(parametersOf)]
    .filter((secret) => secret.length >= shortest)
    .sort((a, b) => b.length - a.length)
  const concealed = (text: string) => {
    const whole = queries.reduce((shown, sql) => shown.replaceAll(sql, withoutSecrets(sql)), text)
    const shown = secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), whole)
    return shown.replace(/ at or near "(.*?)"(?=$|\n)/gs, (all, token: string) =>
      queries.some((sql) => isUnquotedSecret(sql, token)) ? ' at or near "…"' : all,
    )
  }
  for (const failed of chain) concealFields(failed, concealed)
}

function concealFields(failed: Failed, concealed: (text: string) => string): void {
  for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(failed))) {
    const { value, configurable } = field as PropertyDescriptor
    // These are statements, of functions that the database has.
    const conceal = (text: string) => concealed(isContext(name) ? withoutSecrets(text) : text)
    const shown = mapTexts(value, conceal)
    if (configurable && shown !== value) Object.defineProperty(failed, name, { value: shown })
  }
}

/** The same value where no text in it changes. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  const entries = Object.entries(value).map(([name, part]) => [name, mapTexts(part, change)])
  if (entries.every(([name, part]) => part === value[name as keyof typeof value])) return value
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries)
}

const isContext = (name: string) => name === 'where' || name === 'internal_query'

function parametersOf({ query, parameters, params }: Failed): readonly string[] {
  if (typeof query !== 'string' || !speaksOfSecrets(query)) return []
  return [parameters, params].flat().filter((value) => typeof value === 'string')
}

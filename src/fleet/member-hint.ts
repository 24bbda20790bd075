import { LimbeckError } from '../errors.ts'
import type { Fleet } from './fleet.ts'
import type { Member } from './list-members.ts'

/** Commands that reach no member or all of them: nothing leads them to one. */
const ofNoMember: ReadonlySet<string | undefined> = new Set(['fleet', 'merge'])

/**
 * The failure of a member, with commands in its hint that reach this member: as the command line is configured, they would go
 * to the database that the whole fleet is listed by. `<url>` is the URL of the member's database, which may hold a password.
 */
export function withMemberHint(
  { config }: Pick<Fleet, 'config'>,
  { config: own }: Member,
  error: LimbeckError,
): LimbeckError {
  const { hint } = error.details
  // A configured schema is stronger than that of a URL.
  if (hint === undefined || config.isSchemaGiven) return error
  const isSchema = own.isSchemaGiven && own.url === config.url
  const url = isSchema ? `'${withSchema(config.url, own.schema)}'` : '<url>'
  return new LimbeckError(error.code, error.message, {
    ...error.details,
    cause: error.cause,
    hint: hint
      .split('`')
      .map((text) => (goesToDatabase(text) ? `${text} --url ${url}` : text))
      .join('`'),
  })
}

function goesToDatabase(text: string): boolean {
  const [npx, name, command] = text.split(' ')
  const isCommand = npx === 'npx' && name === 'limbeck'
  return isCommand && !ofNoMember.has(command) && !text.includes(' --url ')
}

function withSchema(url: string, schema: string): string {
  const name = encodeURIComponent(schema).replaceAll("'", '%27')
  return `<url>${url.includes('?') ? '&' : '?'}schema=${name}`
}

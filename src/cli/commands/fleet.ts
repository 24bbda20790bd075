import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LimbeckError } from '../../errors.ts'
import type { FleetOptions, FleetReport } from '../../migrator.ts'
import type { CliCommand, CommandContext, Flags, Needs } from '../cli-command.ts'
import { formatFleet, formatProgress } from '../format/fleet.ts'
import { listNames } from '../format/run.ts'

const lists = ['schemas', 'schemasQuery', 'databases', 'databasesQuery', 'urlsFile'] as const

export const fleet: CliCommand = {
  name: 'fleet',
  summary: 'upgrade many schemas or databases, up to a target',
  arguments: [['[target]', 'heads, an id or its beginning, label@head, … (default: heads)']],
  options: [
    ['--schemas <names>', 'schemas of the database, separated by commas'],
    ['--schemas-query <sql>', 'schemas of the database, as a query finds them'],
    ['--databases <names>', 'databases on the server, separated by commas'],
    ['--databases-query <sql>', 'databases on the server, as a query finds them'],
    ['--urls-file <file>', 'databases anywhere: a file with a URL a line'],
    ['--concurrency <n>', 'how many are migrated at the same time (default: 4)'],
    ['--create', 'build those that are empty, and schemas that are missing'],
    ['--plan', 'say who is behind and by how much, and run nothing'],
  ],
  exclusive: lists,
  validate: ({ concurrency = '1' }) =>
    /^[1-9]\d*$/.test(concurrency) ? null : "option '--concurrency' takes a number, 1 or more",
  example: "npx limbeck fleet --schemas-query 'SELECT schema_name FROM tenants'",
  async run(context, [target = 'heads']) {
    const { io, flags, migrator, paint, keepPosted } = context
    const limbeck = await migrator(needs(flags))
    const report = await limbeck.fleet(target, {
      ...(await given(context)),
      onMember: (member, progress) => keepPosted(formatProgress(member, progress)),
    })
    const failure = failureOf(report, io.signal?.aborted === true)
    return { data: report, text: formatFleet(report, paint), failure }
  },
}

/** URLs lead to each database themselves; a list that was typed replaces the configured one. */
function needs(flags: Flags): Needs | undefined {
  if (flags.urlsFile !== undefined) return 'files'
  return lists.some((each) => flags[each] !== undefined) ? undefined : 'fleet'
}

/** Only what was typed: the rest is configured. */
async function given({ io, flags }: Pick<CommandContext, 'io' | 'flags'>) {
  const { concurrency, create, plan } = flags
  return {
    plan,
    ...(await listOf(flags, io.cwd)),
    ...(create === undefined ? {} : { create }),
    ...(concurrency === undefined ? {} : { concurrency: Number(concurrency) }),
  }
}

async function listOf(flags: Flags, cwd: string): Promise<FleetOptions> {
  const { schemas, schemasQuery, databases, databasesQuery, urlsFile } = flags
  if (schemas !== undefined) return { schemas: names(schemas, ',') }
  if (schemasQuery !== undefined) return { schemas: schemasQuery }
  if (databases !== undefined) return { databases: names(databases, ',') }
  if (databasesQuery !== undefined) return { databases: databasesQuery }
  if (urlsFile === undefined) return {}
  return { urls: names(await readUrls(resolve(cwd, urlsFile)), '\n') }
}

const names = (text: string, separator: string) =>
  text
    .split(separator)
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('#'))

async function readUrls(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new LimbeckError('LIMBECK_INVALID_OPTION', `cannot read ${file}`, {
      cause,
      file,
      hint: 'Correct the path behind --urls-file.',
    })
  })
}

function failureOf({ kind, members, totals }: FleetReport, isStopped: boolean) {
  const failed = members.flatMap(({ name, error }) => (error ? [`${name} (${error.code})`] : []))
  if (failed.length > 0)
    return new LimbeckError(
      'LIMBECK_FLEET_FAILED',
      `${failed.length} of ${members.length} failed: ${listNames(failed, 20)}`,
      {
        hint: 'Mend what each of them says, then run it again: it goes on with those that are left.',
      },
    )
  if (kind === 'plan' || !isStopped || totals.behind === 0) return undefined
  return new LimbeckError(
    'LIMBECK_CANCELLED',
    `stopped on request; ${totals.behind} of ${members.length} were not begun`,
    { hint: 'Run it again: it goes on with those that are left.' },
  )
}

import { checkOptions, type Kinds } from './check-options.ts'
import { array, callable, either, object, oneOf, required, text, texts, truth } from './kinds.ts'
import { fleetKinds } from './option-table.ts'

const run: Kinds = {
  sql: truth,
  plan: truth,
  rehearse: truth,
  interrupted: oneOf('done', 'again'),
  approved: object,
}

const oneOrMore = either(text, texts)

/** How a new file is written, and where it hangs in the graph. */
const merged: Kinds = {
  message: text,
  splice: truth,
  branchLabel: oneOrMore,
  dependsOn: oneOrMore,
  revId: text,
  versionPath: text,
}

const written: Kinds = {
  ...merged,
  message: required(text),
  head: oneOrMore,
  fresh: oneOf('before', 'run', 'skip'),
  ending: oneOf('.failed'),
}

/** What only a person knows of a change. */
const changes: Kinds = {
  rename: oneOrMore,
  new: oneOrMore,
  renames: truth,
  ask: callable,
  using: oneOrMore,
  usingDown: oneOrMore,
  askUsing: callable,
}

/** What the methods of a migrator are told beside their target. */
const commandKinds = {
  upgrade: run,
  downgrade: { ...run, fromHistory: truth, agreed: array },
  fleet: { ...fleetKinds, plan: truth, onMember: callable },
  stamp: { detect: truth, purge: truth, sql: truth, dryRun: truth },
  current: { checkHeads: truth },
  heads: { resolveDependencies: truth },
  history: { range: text, indicateCurrent: truth },
  graph: { format: oneOf('mermaid', 'dot', 'svg'), models: truth },
  check: { offline: truth, write: truth, database: truth },
  lint: { revisions: texts, since: text, all: truth },
  createAll: { sql: truth },
  ensureVersion: { sql: truth },
  revision: { ...written, kind: oneOf('sql', 'ts'), content: object },
  merge: merged,
  fromDatabase: { ...written, trial: truth },
  autogenerate: {
    ...written,
    ...changes,
    trial: truth,
    allowDataLoss: truth,
    confirmDataLoss: callable,
    offline: truth,
  },
  diff: changes,
} satisfies Readonly<Record<string, Kinds>>

/** Behind their target, where they have one. */
const targeted: ReadonlySet<string> = new Set(['upgrade', 'downgrade', 'fleet', 'stamp', 'merge'])

type Method = (...given: readonly unknown[]) => Promise<unknown>

/**
 * The methods, each of which checks its options before anything is done: a misspelt `plan` must not run what was only to be
 * looked at, and a misspelt `splice` must not write what is to be deleted again. They reject with LIMBECK_INVALID_OPTION.
 */
export function withCheckedOptions<
  T extends { readonly [K in keyof typeof commandKinds]: unknown },
>(methods: T): T {
  const checked = Object.entries(commandKinds).map(([name, kinds]) => {
    const method = Reflect.get(methods, name) as Method
    const call: Method = async (...given) => {
      const options = given[targeted.has(name) ? 1 : 0]
      checkOptions(options === undefined ? {} : options, kinds)
      return await method(...given)
    }
    return [name, call] as const
  })
  return { ...methods, ...Object.fromEntries(checked) }
}

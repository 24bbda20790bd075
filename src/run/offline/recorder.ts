import { readFileSync } from 'node:fs'
import postgres, { type Sql } from 'postgres'
import type { Connection } from '../../database/connection.ts'
import { LimbeckError } from '../../errors.ts'
import { displayPath } from '../../script/display-path.ts'
import type { Script, Statement } from '../../script/script.ts'
import { splitSql } from '../../script/split.ts'
import { type BoundQuery, inlineParameters, unknownType } from './literal.ts'
import { unreadable } from './unreadable.ts'

/** What a `.ts` body is run against when there is no database: it keeps the statements instead of sending them. */
export interface Recorder {
  readonly connection: Connection
  /** Keeps a statement of Limbeck's own; what it would have answered cannot be read. */
  readonly note: (statement: string, stack?: string) => never
  /** Told where the revision last used something whose queries do not know where they were written. */
  readonly mark: (stack: string | undefined) => void
  /** All that was kept, in order. Throws LIMBECK_OFFLINE where rows were read, even if the body caught that. */
  readonly statements: () => Promise<readonly Statement[]>
}

/** A query of postgres.js, as far as it is needed to take the place of its connection. */
interface Query extends Promise<unknown> {
  handler: (query: Query) => void
  readonly tagged: boolean
  readonly args: readonly unknown[]
  readonly origin: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly cursorFn?: unknown
  readonly forEachFn?: unknown
  readonly streaming?: boolean
  readonly onlyDescribe?: boolean
}

/** A helper of postgres.js, `sql(rows, 'a', 'b')`: adds its parameters and returns its text. */
interface Helper {
  build(before: string, values: unknown[], types: number[], options: unknown): string
}

interface Kept {
  readonly text: string
  readonly line: number
}

/** Of postgres.js: what makes values and texts only. */
const harmless = new Set(['json', 'typed', 'types', 'options', 'PostgresError', 'CLOSE', 'END'])

/** A recorder for one body of one revision. */
export function createRecorder(script: Script, direction: string): Recorder {
  const kept: Kept[] = []
  const refusals: LimbeckError[] = []
  let marked: number | undefined
  const lineOf = (stack: string) => lineIn(script.file, stack) ?? marked
  const refuse = (reason: string, stack: string, statement?: string): LimbeckError => {
    const error = offlineError(script, direction, reason, lineOf(stack), statement)
    refusals.push(error)
    return error
  }
  const note = (text: string, stack = ''): never => {
    kept.push({ text, line: lineOf(stack) ?? 1 })
    const reason = 'reads what this query returns, and a script is made without a database'
    return unreadable(() => refuse(reason, stack, text))
  }
  const client = postgres('postgres://limbeck@offline/offline', { max: 1, fetch_types: false })
  const answer = (query: Query) => {
    try {
      const { cursorFn, forEachFn, streaming, onlyDescribe } = query
      if (cursorFn || forEachFn || streaming || onlyDescribe)
        throw new TypeError('it is read row by row, described or streamed')
      query.resolve(note(inlineParameters(bind(client, query)), query.origin))
    } catch (error) {
      const reason = `uses a query that cannot be written down: ${error instanceof Error ? error.message : error}`
      query.reject(refuse(reason, query.origin))
    }
  }
  return {
    connection: {
      sql: recordingSql(client, answer, (key) => refuse(`uses ${key}`, new Error().stack ?? '')),
      query: async (statement) => note(statement),
      ask: async (statement) => note(statement),
      endpoint: { host: 'offline', port: undefined },
      isPooled: false,
      currentSchema: null,
      searchPath: null,
      begin: ['BEGIN'],
      beginWith: () => {},
      announcedPid: () => 0,
      isLost: () => false,
      lastWord: () => undefined,
      notified: () => new Promise(() => {}),
      greeting: [],
      close: async () => {},
    },
    note,
    mark: (stack) => {
      // Drizzle uses its handle as well, later and from nowhere.
      marked = lineIn(script.file, stack) ?? marked
    },
    statements: async () => {
      const [first] = refusals
      if (first) throw first
      return await split(script, kept)
    },
  }
}

// What was sent as one may be several statements.
async function split({ file }: Script, kept: readonly Kept[]): Promise<readonly Statement[]> {
  const read = kept.map(({ text, line }) => splitSql(text, { file, firstLine: line }))
  return (await Promise.all(read)).flat()
}

/** postgres.js whose queries are answered here; it never opens a connection. */
function recordingSql(
  client: Sql,
  answer: (query: Query) => void,
  refuse: (what: string) => Error,
): Sql {
  const recorded = <T>(query: T): T => {
    if (query instanceof Promise) Object.assign(query, { handler: answer })
    return query
  }
  const unsafe = (...args: readonly unknown[]) =>
    recorded(Reflect.apply(client.unsafe, client, args))
  const own: Readonly<Record<string, unknown>> = {
    unsafe,
    file: (file: string, ...args: readonly unknown[]) =>
      unsafe(readFileSync(file, 'utf8'), ...args),
    notify: (channel: string, payload: string) =>
      recorded(client`SELECT pg_notify(${channel}, ${payload})`),
    // An empty one has no type of its own.
    array: (values: never[], type?: number) =>
      values.length === 0 && type === undefined
        ? client.typed('{}' as never, unknownType)
        : client.array(values, type),
  }
  return new Proxy(client, {
    apply: (target, self, args) => recorded(Reflect.apply(target, self, args)),
    get: (target, key) => {
      const name = String(key)
      if (name in own) return own[name]
      if (harmless.has(name) || typeof key === 'symbol') return Reflect.get(target, key)
      throw refuse(`sql.${name}, which needs a connection`)
    },
  })
}

/** Text, values and types of a query by postgres.js' own code: as a value of a row, which is where it puts fragments. */
function bind(client: Sql, query: Query): BoundQuery {
  const values: unknown[] = []
  const types: number[] = []
  const build = (row: object) => {
    const helper = client(row as never) as unknown as Helper
    return helper.build('values', values, types, client.options).slice(1, -1)
  }
  const text = build({ query })
  if (!query.tagged && query.args.length > 0) build([[...query.args]])
  return { text, values, types }
}

/** 1-based line of `file` that a stack names first. */
function lineIn(file: string, stack = ''): number | undefined {
  const at = stack.indexOf(file)
  const found = at < 0 ? null : /^:(\d+)/.exec(stack.slice(at + file.length))
  return found ? Number(found[1]) : undefined
}

function offlineError(
  script: Script,
  direction: string,
  reason: string,
  line: number | undefined,
  statement: string | undefined,
): LimbeckError {
  const file = displayPath(script.file)
  return new LimbeckError(
    'LIMBECK_OFFLINE',
    `${file}${line === undefined ? '' : `:${line}`}: the ${direction} of revision ${script.id} (${script.message}) ${reason}`,
    {
      revision: script.id,
      direction,
      file,
      hint: 'Run this revision online, and make scripts of the ranges before and after it.',
      ...(line === undefined ? {} : { line }),
      ...(statement === undefined ? {} : { statement: statement.slice(0, 2_000) }),
    },
  )
}

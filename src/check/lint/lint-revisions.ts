import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Config } from '../../config/resolve-config.ts'
import { readSqlBodies } from '../../script/bodies.ts'
import { type LintException, readLintExceptions } from '../../script/lint-comments.ts'
import { readText } from '../../script/read-text.ts'
import type { Script, Statement } from '../../script/script.ts'
import { statementTable } from '../../script/statement-table.ts'
import type { Finding } from '../finding.ts'
import { ruleFor } from './lint-rules.ts'
import { runSquawk, type SquawkFinding } from './squawk.ts'

/**
 * Findings in the upgrades of `.sql` revisions, in their order and by line. Throws LIMBECK_LINTER_FAILED, and what
 * readSqlBodies() throws.
 */
export async function lintRevisions(
  config: Pick<Config, 'folders' | 'signal'>,
  scripts: readonly Script[],
): Promise<readonly Finding[]> {
  const subjects: Subject[] = []
  for (const script of scripts) subjects.push(await readSubject(script))
  const found = await squawkAll(config, subjects)
  const findings: Finding[] = []
  for (const subject of subjects)
    findings.push(...(await judge(subject, found.get(subject.script.id) ?? [])))
  return findings
}

/** A revision as the linter sees it. */
interface Subject {
  readonly script: Script
  readonly statements: readonly Statement[]
  readonly exceptions: readonly LintException[]
}

async function readSubject(script: Script): Promise<Subject> {
  const { upgrade: statements } = await readSqlBodies(script)
  const exceptions = readLintExceptions(script.file, await readText(script.file))
  return { script, statements, exceptions }
}

/** What squawk says, by revision. It gets the statements alone: only Limbeck's comments count as exceptions. */
async function squawkAll(
  { folders, signal }: Pick<Config, 'folders' | 'signal'>,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, readonly SquawkFinding[]>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limbeck-lint-'))
  const project = folders[0] ?? folder
  const found = new Map<string, SquawkFinding[]>()
  try {
    for (const inTransaction of [true, false]) {
      const ids = new Map<string, string>()
      for (const { script, statements } of subjects) {
        if (script.transactional !== inTransaction || statements.length === 0) continue
        const file = path.join(folder, `${inTransaction}-${ids.size}.sql`)
        await writeFile(file, layOut(statements).text)
        ids.set(file, script.id)
      }
      for (const finding of await runSquawk([...ids.keys()], { project, inTransaction }, signal)) {
        const id = ids.get(finding.file) ?? ''
        const others = found.get(id)
        if (others === undefined) found.set(id, [finding])
        else others.push(finding)
      }
    }
    return found
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface TextPosition {
  readonly line: number
  readonly column: number
}

/** The statements, each on the line that it has in its file, and where in this text each begins; lines from 0. */
function layOut(statements: readonly Statement[]): {
  readonly text: string
  readonly positions: readonly TextPosition[]
} {
  const lines = ['']
  const positions: TextPosition[] = []
  for (const { sql, line } of statements) {
    while (lines.length < line) lines.push('')
    positions.push({ line: lines.length - 1, column: lines.at(-1)?.length ?? 0 })
    const [first = '', ...others] = `${sql}; `.split('\n')
    lines.push((lines.pop() ?? '') + first, ...others)
  }
  return { text: `${lines.join('\n')}\n`, positions }
}

/** Turns squawk's findings into Limbeck's: what the runner, the head of the file and its exceptions leave of them. */
async function judge(
  { script, statements, exceptions }: Subject,
  found: readonly SquawkFinding[],
): Promise<readonly Finding[]> {
  const { positions } = layOut(statements)
  const used = new Set<LintException>()
  const about = await onNewTables(statements, found.length > 0)
  const findings: Finding[] = []
  for (const { line, column, rule_name: name, message, help } of found) {
    const rule = ruleFor(name, script)
    const index = Math.max(
      0,
      positions.findLastIndex((at) => at.line < line || (at.line === line && at.column <= column)),
    )
    if (rule === null || about.has(index)) continue
    const allowed = exceptions.filter(
      (exception) => exception.rule === name && covers(exception, statements, index),
    )
    for (const exception of allowed) used.add(exception)
    if (allowed.length > 0) continue
    const { severity, rewrite } = rule
    findings.push({
      ...locationOf(script, line + 1),
      code: name,
      severity,
      message,
      hint: rewrite || help || `Change it, or allow it: -- lint: allow ${name} <reason>.`,
    })
  }
  const aboutExceptions = exceptions.flatMap((exception) => {
    const problem = problemOf(exception, used.has(exception))
    return problem === null ? [] : [{ ...locationOf(script, exception.line), ...problem }]
  })
  return distinct([...findings, ...aboutExceptions].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)))
}

const locationOf = ({ id: revision, file }: Script, line: number) => ({ revision, file, line })

/** Indexes of the statements about tables that the same revision makes: no session waits for those. */
async function onNewTables(
  statements: readonly Statement[],
  isAsked: boolean,
): Promise<ReadonlySet<number>> {
  const made = new Set<string>()
  const found = new Set<number>()
  for (const [index, { sql }] of isAsked ? statements.entries() : []) {
    const { table, creates } = await statementTable(sql)
    if (table === null) continue
    if (creates) made.add(table)
    if (made.has(table)) found.add(index)
  }
  return found
}

/** An exception is for the statement that it stands in or beside, else for the next one below it. */
function covers({ line }: LintException, statements: readonly Statement[], index: number): boolean {
  const ends = (statement: Statement) => statement.line + statement.sql.split('\n').length - 1
  const next = statements.findIndex((statement) => line <= ends(statement))
  const own = statements[next]
  const { line: wanted } = statements[index] ?? {}
  return own !== undefined && own.line === wanted
}

function problemOf(
  { rule, reason }: LintException,
  isUsed: boolean,
): Pick<Finding, 'code' | 'severity' | 'message' | 'hint'> | null {
  if (reason === '' || rule === '')
    return {
      code: 'exception-without-reason',
      severity: 'error',
      message: `this exception ${rule === '' ? 'names no rule' : `gives no reason for ${rule}`}`,
      hint: `Write it as \`-- lint: allow ${rule || '<rule>'} <reason>\`.`,
    }
  if (isUsed) return null
  return {
    code: 'exception-without-use',
    severity: 'warning',
    message: `nothing here is against ${rule}`,
    hint: 'Remove the comment, or move it to the line above the statement that it is for.',
  }
}

/** squawk says the same of every part of a statement. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ code, line }) => {
    const key = `${line} ${code}`
    return !seen.has(key) && seen.add(key)
  })
}

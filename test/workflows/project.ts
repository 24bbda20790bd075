import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Ran, run } from '../cli/run.ts'
import { tempFolder } from '../commands/temp-folder.ts'
import { createDatabase } from '../support/postgres.ts'

/** A folder with a database, in which somebody types one line after the other. */
export interface Project {
  readonly cwd: string
  /** Types a line that must do what it says; returns what it prints. */
  type(line: string): Promise<string>
  /** Types a line that must fail; returns what it says. */
  fail(line: string): Promise<string>
  /** Types a line that may do either. */
  answer(line: string): Promise<Ran>
  /** Writes the two bodies of a revision file. */
  fill(id: string, upgrade: string, downgrade: string): void
  readonly tables: () => Promise<readonly string[]>
  readonly rows: () => Promise<readonly string[]>
  readonly query: <T = Record<string, unknown>>(statement: string) => Promise<readonly T[]>
}

export async function startProject(): Promise<Project> {
  const { url, query } = await createDatabase()
  const cwd = tempFolder()
  const env = { DATABASE_URL: url }
  const typed = (line: string): Promise<Ran> => {
    const [program, ...argv] = (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) =>
      word.replaceAll('"', ''),
    )
    expect(program).toBe('limbeck')
    return run(argv, { cwd, env })
  }
  const names = async (statement: string) =>
    (await query<{ name: string }>(statement)).map(({ name }) => name)
  return {
    cwd,
    query,
    type: async (line) => {
      const { code, stdout, stderr } = await typed(line)
      expect(code, `${line}\n${stderr}`).toBe(0)
      return stdout
    },
    fail: async (line) => {
      const { code, stdout, stderr } = await typed(line)
      expect({ code, stdout }, line).toEqual({ code: 1, stdout: '' })
      return stderr
    },
    answer: typed,
    fill: (id, upgrade, downgrade) => {
      const found = readdirSync(cwd, { recursive: true }).map(String)
      const file = join(cwd, found.find((name) => name.includes(`/${id}_`)) ?? id)
      const [head = ''] = readFileSync(file, 'utf8').split('-- +upgrade')
      writeFileSync(file, `${head}-- +upgrade\n${upgrade}\n\n-- +downgrade\n${downgrade}\n`)
    },
    rows: () => names('SELECT version_num AS name FROM limbeck_version ORDER BY 1'),
    tables: () =>
      names(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'limbeck%' ORDER BY 1",
      ),
  }
}

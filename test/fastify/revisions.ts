import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder with a linear history of the given upgrade bodies: `a00000000000`, `a00000000001` … */
export async function revisions(...bodies: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limbeck-fastify-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [index, body] of bodies.entries()) {
    const parent = index === 0 ? '' : ` ${id(index - 1)}`
    const text = `-- Step ${index}\n--\n-- revision: ${id(index)}\n-- revises:${parent}\n\n-- +upgrade\n${body}\n\n-- +downgrade\nSELECT 1;\n`
    await writeFile(join(folder, `${id(index)}_step_${index}.sql`), text)
  }
  return folder
}

export const id = (index: number): string => `a${String(index).padStart(11, '0')}`

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What Alembic's files say of a migration beside its SQL. */
export interface AlembicFacts {
  readonly message: string
  /** ISO 8601, or null. */
  readonly created: string | null
  readonly labels: readonly string[]
  readonly dependsOn: readonly string[]
}

/** By revision, of the files in Python below `root`; empty where there are none. No Python is run. */
export async function readAlembicFacts(root: string): Promise<ReadonlyMap<string, AlembicFacts>> {
  const facts = new Map<string, AlembicFacts>()
  for (const folder of await versionFolders(root)) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.py'))
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8')
      const [id] = valuesOf(text, 'revision')
      if (id !== undefined) facts.set(id, factsIn(text))
    }
  }
  return facts
}

/** As alembic.ini names them, or where `alembic init` makes them. */
async function versionFolders(root: string): Promise<readonly string[]> {
  const file = join(root, 'alembic.ini')
  const ini = existsSync(file) ? await readFile(file, 'utf8') : ''
  const of = (key: string) =>
    (new RegExp(`^${key}\\s*=\\s*(.+)$`, 'm').exec(ini)?.[1] ?? '').replaceAll('%(here)s', '.')
  const named = of('version_locations').split(/[\s,:;]+/)
  const locations = [of('script_location'), 'alembic', 'migrations', '.'].map(
    (location) => `${location}/versions`,
  )
  const found = [...named, ...locations]
    .filter((location) => location !== '')
    .map((location) => join(root, location))
  return [...new Set(found)].filter((folder) => existsSync(folder))
}

function factsIn(text: string): AlembicFacts {
  const words = /^[^'"]*(?:"""|''')([\s\S]*?)(?:"""|''')/.exec(text)?.[1] ?? ''
  const [message = ''] = words.trim().split('\n')
  const date = /^Create Date: *(\S+)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(\S*)/m.exec(words)
  const time = date === null ? Number.NaN : Date.parse(`${date[1]}T${date[2]}${date[3] || 'Z'}`)
  return {
    message,
    created: Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 19)}Z`,
    labels: valuesOf(text, 'branch_labels'),
    dependsOn: valuesOf(text, 'depends_on'),
  }
}

/** The strings that the name stands for: one, or those of a tuple or list. */
function valuesOf(text: string, name: string): readonly string[] {
  const match = new RegExp(`^${name}\\b[^=\\n]*=\\s*(\\([^)]*\\)|\\[[^\\]]*\\]|[^\\n]*)`, 'm').exec(
    text,
  )
  return [...(match?.[1] ?? '').matchAll(/["']([^"']+)["']/g)].map(([, value = '']) => value)
}

import { readText } from '../script/read-text.ts'
import type { Script } from '../script/script.ts'

const createSchema =
  /^\s*CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))/gimu

/** The PostgreSQL schemas that `.sql` revisions create: ours to compare, also when no model names them any more. */
export async function revisionSchemas(
  scripts: ReadonlyMap<string, Script>,
): Promise<readonly string[]> {
  const names = new Set<string>()
  for (const { kind, file } of scripts.values()) {
    if (kind !== 'sql') continue
    for (const [, quoted, plain = ''] of (await readText(file)).matchAll(createSchema)) {
      names.add(quoted?.replaceAll('""', '"') ?? plain.toLowerCase())
    }
  }
  return [...names].sort()
}

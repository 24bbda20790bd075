import { missingEnds } from '../../script/drizzle-folder.ts'
import { splitSql } from '../../script/split.ts'

/** Here a file that is no transaction stands for itself, where its tool has begun one before it and ends it behind it. */
export async function withEnds(body: string, file: string): Promise<string> {
  const { begin, commit } = missingEnds(await splitSql(body, { file }))
  return `${begin ? 'BEGIN;\n' : ''}${body}${commit ? '\nCOMMIT;' : ''}`
}

import { dollarQuoted } from './quote.ts'

/** An anonymous block of PL/pgSQL, given what stands between BEGIN and END. */
export function doBlock(body: string, declarations = ''): string {
  const declared = declarations === '' ? '' : `DECLARE\n${declarations}\n`
  return `DO ${dollarQuoted(`\n${declared}BEGIN\n${body}\nEND\n`)}`
}

import type { Flags } from './cli-command.ts'

/** A text as one word of a command that a person copies into a shell: quoted where the shell would take it apart. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/**
 * What has to be typed again for a command to reach the database that this one was typed for. The URL may hold a password:
 * who typed it has it.
 */
export const sameDatabase = ({ config, url }: Pick<Flags, 'config' | 'url'>): string =>
  `${config === undefined ? '' : ` --config ${shellWord(config)}`}${url === undefined ? '' : " --url '<url>'"}`

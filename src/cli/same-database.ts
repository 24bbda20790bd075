import { shellWord } from '../script/shell-word.ts'
import type { Flags } from './cli-command.ts'

/**
 * What has to be typed again for a command to reach the database that this one was typed for. The URL may hold a password:
 * who typed it has it.
 */
export const sameDatabase = ({ config, url }: Pick<Flags, 'config' | 'url'>): string =>
  `${config === undefined ? '' : ` --config ${shellWord(config)}`}${url === undefined ? '' : " --url '<url>'"}`

import type { CliCommand } from './cli-command.ts'
import { branches } from './commands/branches.ts'
import { bundle } from './commands/bundle.ts'
import { check } from './commands/check.ts'
import { completion } from './commands/completion.ts'
import { createAll } from './commands/create-all.ts'
import { current } from './commands/current.ts'
import { diff } from './commands/diff.ts'
import { doctor } from './commands/doctor.ts'
import { downgrade } from './commands/downgrade.ts'
import { edit } from './commands/edit.ts'
import { ensureVersion } from './commands/ensure-version.ts'
import { fleet } from './commands/fleet.ts'
import { graph } from './commands/graph.ts'
import { heads } from './commands/heads.ts'
import { history } from './commands/history.ts'
import { importCommand } from './commands/import.ts'
import { init } from './commands/init.ts'
import { lint } from './commands/lint.ts'
import { merge } from './commands/merge.ts'
import { revision } from './commands/revision.ts'
import { show } from './commands/show.ts'
import { stamp } from './commands/stamp.ts'
import { status } from './commands/status.ts'
import { upgrade } from './commands/upgrade.ts'

/** Every command, in the order of `--help`, under what it is for. */
const groups: readonly (readonly [heading: string, commands: readonly CliCommand[]])[] = [
  ['Write revisions:', [init, revision, diff, merge, edit, importCommand]],
  ['Run them:', [upgrade, downgrade, fleet, stamp, createAll, ensureVersion]],
  ['Look:', [status, current, history, heads, branches, show, graph]],
  ['Judge:', [check, doctor, lint]],
  ['Ship:', [bundle, completion]],
]

export const commands: readonly CliCommand[] = groups.flatMap(([, members]) => members)

/** Under which heading `--help` lists a command. */
export const groupOf = (command: CliCommand): string =>
  groups.find(([, members]) => members.includes(command))?.[0] ?? ''

import type { Word } from './cli-command.ts'
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
import { heads } from './commands/heads.ts'
import { history } from './commands/history.ts'
import { init } from './commands/init.ts'
import { lint } from './commands/lint.ts'
import { merge } from './commands/merge.ts'
import { revision } from './commands/revision.ts'
import { show } from './commands/show.ts'
import { stamp } from './commands/stamp.ts'
import { upgrade } from './commands/upgrade.ts'

/** Every word, in the order of `--help`. */
export const words: readonly Word[] = [
  init,
  revision,
  diff,
  upgrade,
  fleet,
  downgrade,
  current,
  history,
  heads,
  branches,
  show,
  stamp,
  check,
  doctor,
  lint,
  merge,
  edit,
  bundle,
  createAll,
  ensureVersion,
  completion,
]

import type { Word } from './word.ts'
import { branches } from './words/branches.ts'
import { check } from './words/check.ts'
import { completion } from './words/completion.ts'
import { createAll } from './words/create-all.ts'
import { current } from './words/current.ts'
import { diff } from './words/diff.ts'
import { downgrade } from './words/downgrade.ts'
import { edit } from './words/edit.ts'
import { ensureVersion } from './words/ensure-version.ts'
import { fleet } from './words/fleet.ts'
import { heads } from './words/heads.ts'
import { history } from './words/history.ts'
import { init } from './words/init.ts'
import { lint } from './words/lint.ts'
import { merge } from './words/merge.ts'
import { revision } from './words/revision.ts'
import { show } from './words/show.ts'
import { stamp } from './words/stamp.ts'
import { upgrade } from './words/upgrade.ts'

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
  lint,
  merge,
  edit,
  createAll,
  ensureVersion,
  completion,
]

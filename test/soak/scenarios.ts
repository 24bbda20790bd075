import { concurrentIndex } from './concurrent-index.ts'
import { deploys } from './deploys.ts'
import { failover } from './failover.ts'
import { freeze } from './freeze.ts'
import { kill } from './kill.ts'
import { misuse } from './misuse.ts'
import { network } from './network.ts'
import { outage } from './outage.ts'
import { pooledKill } from './pooled-kill.ts'
import { pooler } from './pooler.ts'
import { privilege } from './privilege.ts'
import { reads } from './reads.ts'
import { replicas } from './replicas.ts'
import type { Scenario } from './scenario.ts'
import { standby } from './standby.ts'
import { stop } from './stop.ts'

/** Every promise that `npm run soak` puts to the test, by the name of its file. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  replicas,
  'concurrent-index': concurrentIndex,
  pooler,
  'pooled-kill': pooledKill,
  kill,
  outage,
  network,
  reads,
  deploys,
  stop,
  freeze,
  failover,
  misuse,
  privilege,
  standby,
}

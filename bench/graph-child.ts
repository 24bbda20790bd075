import { writeSync } from 'node:fs'
import { distUrl } from './limbeck.ts'

// In a process of its own, as every command is: `graph-child <folder>`. What it measured goes to descriptor 3.
const { loadRevisions } = await import(distUrl('src/script/revisions.js'))
const { planUpgrade } = await import(distUrl('src/revision/plan-upgrade.js'))

const [folder = ''] = process.argv.slice(2)
const start = performance.now()
const { map } = await loadRevisions([folder])
const loaded = performance.now()
planUpgrade(map, [], 'heads')
writeSync(3, JSON.stringify({ loadMs: loaded - start, planMs: performance.now() - loaded }))

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { documented } from '../soak/deploys.ts'
import { scenarios } from '../soak/scenarios.ts'

const page = await readFile('docs/reliability.md', 'utf8')

test('the table of rolled-back deploys is what the scenario holds', () => {
  for (const [state, { serve, refuse, wait }] of Object.entries(documented))
    expect(page).toContain(`| ${state} | \`${serve}\` | \`${refuse}\` | \`${wait}\` |`)
})

test('every scenario stands beside a promise', () => {
  for (const name of Object.keys(scenarios))
    expect(page).toMatch(new RegExp(`\\| .*\`${name}\`.* \\|$`, 'm'))
})

import { expect, test } from 'vitest'
import { texts } from './support/sources.ts'

/** Text between quotes behind `hint:`, as far as it is one literal. */
const hints = [...texts].flatMap(([file, text]) =>
  [...text.matchAll(/\bhint:\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)\s*[,}]/g)].map(
    ([, plain, template]) => ({ file, hint: plain ?? template ?? '' }),
  ),
)

test('hints are whole sentences', () => {
  expect(hints.length).toBeGreaterThan(50)
  const wrong = hints.filter(
    ({ hint }) => /^[a-z]/.test(hint) || (!/[.?]$/.test(hint) && !/^\$\{|\}$/.test(hint)),
  )
  expect(wrong.map(({ file, hint }) => `${file}: ${hint}`)).toEqual([])
})

/** Names that docs/architecture.md has others for, in code, comments and messages. */
const gone: readonly (readonly [RegExp, string])[] = [
  [
    /\bplaces?\b(?= ?[:=]| => )|\b(?:place[A-Z]|\w+Place\b)\w*/,
    'url, location, position or cursor',
  ],
  [/\bsurvey|\blook(?:At|Around)\b|\binspect(?:ion)?\b/i, 'read for I/O, find for a search'],
  [/\bway back\b|wayBack/i, 'downgrade'],
  [/\bone-way\b|oneWay/i, 'irreversible'],
  [/\bcut[ -]off\b|cutOff/i, 'interrupted, or unreachable'],
  [/\btak(?:e|es|en) up\b|takenUp/i, 'resumed'],
  [/\blines? of (?:the )?history\b|\bhistory lines?\b|HistoryLine/i, 'history entry'],
  [/\bmisuse\b/i, 'validate'],
  [/\b(?:LineageRecord|LastRecord|AppliedLine|RecentEntry)\b/, 'HistoryEntry'],
  [/\bconfig\.(?:lock|lockRetry|wait)Timeout\b/, '…TimeoutMs'],
]

test('names that have another by now stay gone', () => {
  const found = [...texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) =>
      gone.flatMap(([name, instead]) => {
        const [word] = name.exec(line) ?? []
        return word === undefined ? [] : [`${file}:${index + 1}: ${word} (${instead})`]
      }),
    ),
  )
  expect(found).toEqual([])
})

test('words that say nothing, or say it in old English, are avoided', () => {
  const banned =
    /\b(?:anew|lest|whoever|nobody|somebody|illegal|thereof)\b|\b(?:it|one|that|which) is none\b/i
  const found = [...texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) =>
      // Part of a code that callers know, and a user of the system.
      banned.test(line.replaceAll(/LIMBECK_ILLEGAL_REVISION|'nobody'|`nobody`|nor nobody/g, ''))
        ? [`${file}:${index + 1}: ${line.trim()}`]
        : [],
    ),
  )
  expect(found).toEqual([])
})

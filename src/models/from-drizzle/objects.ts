import type { PgRole, PgRoleConfig, PgSchema } from 'drizzle-orm/pg-core'
import { label } from '../../autogenerate/labels.ts'
import type { Enum, ObjectName, Role, Sequence, SequenceOptions } from '../../schema/schema.ts'
import type { EnumModel, SequenceModel } from './models.ts'
import { refuse } from './refuse.ts'

/** The options of a pgSequence or an identity column; 0.45 and 1.0 take numbers and decimal text. */
export interface SequenceOptionsModel {
  readonly increment?: number | string | bigint
  readonly minValue?: number | string | bigint
  readonly maxValue?: number | string | bigint
  readonly startWith?: number | string | bigint
  readonly cache?: number | string | bigint
  readonly cycle?: boolean
}

/** The enum's schema, name and values. */
export function enumFromModel({ schema, enumName, enumValues }: EnumModel): Enum {
  return { schema, name: enumName, values: [...enumValues] }
}

/** The role; what its model leaves out is PostgreSQL's own default. */
export function roleFromModel(role: PgRole): Role {
  // drizzle-orm keeps the options out of its types.
  const { name, createDb, createRole, inherit } = role as PgRole & PgRoleConfig
  return {
    name,
    createDb: createDb === true,
    createRole: createRole === true,
    inherit: inherit !== false,
  }
}

/** The sequence's schema, name and the options that are set. */
export function sequenceFromModel({ schema, seqName, seqOptions }: SequenceModel): Sequence {
  return {
    schema,
    name: seqName ?? '',
    options: sequenceOptionsFromModel(seqOptions, label('sequence', seqName ?? '', schema)),
  }
}

/** Sequence options as decimal text. Throws LIMBECK_UNSUPPORTED_MODEL where one is no whole number. */
export function sequenceOptionsFromModel(
  options: SequenceOptionsModel | undefined,
  object: string,
): SequenceOptions {
  const whole = (value: number | string | bigint | undefined): string | undefined => {
    if (value === undefined || /^\s*-?\d+\s*$/.test(String(value))) return exactText(value)
    if (typeof value === 'number' && Number.isInteger(value)) return exactText(value)
    return refuse(object, `the sequence option ${String(value)} is not a whole number`)
  }
  return {
    increment: whole(options?.increment),
    minValue: whole(options?.minValue),
    maxValue: whole(options?.maxValue),
    start: whole(options?.startWith),
    cache: whole(options?.cache),
    cycle: options?.cycle,
  }
}

/** A number beyond what JavaScript holds exactly stands for bigint's bound: that is how one is written that is read as a number. */
function exactText(value: number | string | bigint | undefined): string | undefined {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value?.toString().trim()
  const exact = BigInt(value)
  return (exact === MAX_BIGINT + 1n ? MAX_BIGINT : exact).toString()
}

const MAX_BIGINT = 2n ** 63n - 1n

/** The objects, equal ones once. Throws LIMBECK_UNSUPPORTED_MODEL where two different ones have the same name. */
export function distinctObjects<T extends ObjectName>(
  kind: string,
  objects: readonly T[],
): readonly T[] {
  const byName = new Map<string, T>()
  for (const object of objects) {
    const key = JSON.stringify([object.schema, object.name])
    const other = byName.get(key)
    if (other === undefined) byName.set(key, object)
    else if (JSON.stringify(other) !== JSON.stringify(object))
      refuse(
        label(kind, object.name, object.schema),
        `is declared twice, and differently: ${differences(other, object)}`,
        'Rename one of them, or leave one out of `models`.',
      )
  }
  return [...byName.values()]
}

/** `values ["a"] and ["b"]`; what is long is only named. */
function differences(one: object, other: object): string {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  const texts = [...keys].map((key) => {
    const [before = 'not set', after = 'not set'] = [one, other].map((side) =>
      JSON.stringify(Reflect.get(side, key)),
    )
    if (before === after) return ''
    return before.length + after.length > 200 ? key : `${key} ${before} and ${after}`
  })
  return texts.filter((text) => text !== '').join(', ')
}

/** The schemas to create: exported ones and those that objects are in, except `existing()` ones (drizzle-orm 1.0). */
export function schemaNames(
  exported: Iterable<PgSchema>,
  objects: readonly ObjectName[],
): readonly string[] {
  const names = new Set<string>()
  const existing = new Set(['public'])
  for (const schema of exported) {
    const isExisting = (schema as { isExisting?: boolean }).isExisting === true
    ;(isExisting ? existing : names).add(schema.schemaName)
  }
  for (const { schema } of objects) if (schema !== undefined) names.add(schema)
  return [...names].filter((name) => !existing.has(name))
}

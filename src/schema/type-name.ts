import { keyOf } from './names.ts'
import type { ObjectName } from './schema.ts'

/** What format_type() says, taken apart. */
export interface TypeParts {
  /** Without modifiers and brackets: `character varying`, `timestamp with time zone`. */
  readonly base: string
  /** `20` of varchar(20), `10,2` of numeric(10,2). */
  readonly modifiers: readonly number[]
  /** '' or '[]'. */
  readonly brackets: string
}

/** What people write for what PostgreSQL answers. */
const ALIASES: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  character: 'char',
  'bit varying': 'varbit',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
}

/** Takes a type as format_type() spells it apart. */
export function typeParts(type: string): TypeParts {
  const brackets = /(?:\[\])*$/.exec(type)?.[0] ?? ''
  const element = type.slice(0, type.length - brackets.length)
  const [whole, list] = /\(([\d, -]+)\)/.exec(element) ?? ['', undefined]
  return {
    base: element.replace(whole, '').trim(),
    modifiers: list?.split(',').map(Number) ?? [],
    brackets,
  }
}

/** A type as people write it in DDL: `varchar(20)`, `timestamptz(3)[]`, enums qualified and quoted. */
export function typeName(column: { readonly type: string; readonly enum?: ObjectName }): string {
  const { base, modifiers, brackets } = typeParts(column.type)
  if (column.enum !== undefined) return keyOf(column.enum) + brackets
  const alias = ALIASES[base]
  if (alias === undefined) return column.type
  return alias + (modifiers.length === 0 ? '' : `(${modifiers.join(', ')})`) + brackets
}

/** Brackets of an array type: '' or '[]'. */
export function bracketsOf({ type }: { readonly type: string }): string {
  return typeParts(type).brackets
}

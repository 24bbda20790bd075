import type { CaseTable } from './case.ts'
import { checks } from './cases/checks.ts'
import { columns } from './cases/columns.ts'
import { defaults } from './cases/defaults.ts'
import { enums } from './cases/enums.ts'
import { foreignKeys } from './cases/foreign-keys.ts'
import { indexes } from './cases/indexes.ts'
import { mixed } from './cases/mixed.ts'
import { names } from './cases/names.ts'
import { nullability } from './cases/nullability.ts'
import { policies } from './cases/policies.ts'
import { primaryKeys } from './cases/primary-keys.ts'
import { schemas } from './cases/schemas.ts'
import { sequences } from './cases/sequences.ts'
import { sources } from './cases/sources.ts'
import { tables } from './cases/tables.ts'
import { types } from './cases/types.ts'
import { uniques } from './cases/uniques.ts'
import { views } from './cases/views.ts'

/** Every case table by its kind. */
export const allCases: Readonly<Record<string, CaseTable>> = {
  checks,
  columns,
  defaults,
  enums,
  foreignKeys,
  indexes,
  mixed,
  names,
  nullability,
  policies,
  primaryKeys,
  schemas,
  sequences,
  sources,
  tables,
  types,
  uniques,
  views,
}

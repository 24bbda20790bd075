import { quoteLiteral } from '../../sql/quote.ts'

/** Tables in which other tools keep what they have run: their names, and columns without which it is another table. */
const LEDGERS: readonly (readonly [names: string, columns: string])[] = [
  ['_prisma_migrations', 'migration_name checksum'],
  ['__drizzle_migrations __drizzle_migrations__ drizzle_migrations migrations', 'hash created_at'],
  ['knex_migrations', 'name batch'],
  ['knex_migrations_lock', 'is_locked'],
  ['migrations typeorm_migrations', 'timestamp name'],
  ['migrations', 'migration batch'],
  ['adonis_schema', 'name batch'],
  ['adonis_schema_versions', 'version'],
  ['typeorm_metadata', 'type database schema table name value'],
  ['SequelizeMeta SequelizeData sequelize_meta sequelize_data', 'name'],
  ['mikro_orm_migrations', 'name executed_at'],
  ['kysely_migration', 'name timestamp'],
  ['kysely_migration_lock', 'id is_locked'],
  ['pgmigrations', 'name run_on'],
  ['schema_migrations', 'version'],
  ['ar_internal_metadata', 'key value'],
  ['flyway_schema_history schema_version', 'installed_rank version checksum'],
  ['databasechangelog', 'id author filename'],
  ['databasechangeloglock', 'id locked'],
  ['goose_db_version', 'version_id is_applied'],
  ['gorp_migrations', 'id applied_at'],
  ['atlas_schema_revisions', 'version hash'],
  ['_sqlx_migrations', 'version checksum'],
  ['refinery_schema_history', 'version checksum'],
  ['__diesel_schema_migrations', 'version run_on'],
  ['seaql_migrations', 'version applied_at'],
  ['django_migrations', 'app name applied'],
  ['aerich', 'version app content'],
  ['_yoyo_migration _yoyo_log', 'migration_hash'],
  ['_yoyo_version', 'version'],
  ['yoyo_lock', 'locked pid'],
  ['__EFMigrationsHistory', 'MigrationId ProductVersion'],
  ['doctrine_migration_versions', 'version executed_at'],
  ['phinxlog', 'version migration_name'],
  ['schemaversion', 'version name md5'],
  ['schemaversions', 'schemaversionsid scriptname'],
  ['strapi_migrations strapi_migrations_internal', 'name time'],
  ['directus_migrations', 'version name timestamp'],
  ['migrate_migrations umzug_migrations', 'name'],
]

/** SQL condition: the pg_class row `c` is the history of another tool. By name first: the columns are looked at of few tables. */
export const isLedger = `CASE ${LEDGERS.map(
  ([names, columns]) =>
    `WHEN c.relname IN (${list(names)}) AND (SELECT count(*) FROM pg_attribute l WHERE l.attrelid = c.oid AND l.attnum > 0
      AND NOT l.attisdropped AND l.attname IN (${list(columns)})) = ${columns.split(' ').length} THEN true`,
).join('\n    ')} ELSE false END`

function list(names: string): string {
  return names.split(' ').map(quoteLiteral).join(', ')
}

/** SQL: the statements that make the trigger of the pg_trigger row `g` again, as text[]. */
export const triggerStatements = `array_remove(ARRAY[pg_get_triggerdef(g.oid),
      CASE g.tgenabled WHEN 'D' THEN format('ALTER TABLE %s DISABLE TRIGGER %I', g.tgrelid::regclass, g.tgname)
        WHEN 'R' THEN format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I', g.tgrelid::regclass, g.tgname)
        WHEN 'A' THEN format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', g.tgrelid::regclass, g.tgname) END,
      CASE WHEN obj_description(g.oid, 'pg_trigger') IS NOT NULL
        THEN format('COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, g.tgrelid::regclass, obj_description(g.oid, 'pg_trigger')) END], NULL)`

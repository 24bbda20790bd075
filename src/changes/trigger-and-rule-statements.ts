/** SQL: the statements that make the trigger of the pg_trigger row `g` again, as text[]. */
export const triggerStatements = `array_remove(ARRAY[pg_get_triggerdef(g.oid),
      CASE g.tgenabled WHEN 'D' THEN format('ALTER TABLE %s DISABLE TRIGGER %I', g.tgrelid::regclass, g.tgname)
        WHEN 'R' THEN format('ALTER TABLE %s ENABLE REPLICA TRIGGER %I', g.tgrelid::regclass, g.tgname)
        WHEN 'A' THEN format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', g.tgrelid::regclass, g.tgname) END,
      CASE WHEN obj_description(g.oid, 'pg_trigger') IS NOT NULL
        THEN format('COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, g.tgrelid::regclass, obj_description(g.oid, 'pg_trigger')) END], NULL)`

/** SQL: the statements that make the rule of the pg_rewrite row `r` again, as text[]. */
export const ruleStatements = `array_remove(ARRAY[regexp_replace(pg_get_ruledef(r.oid), ';\\s*$', ''),
      CASE r.ev_enabled WHEN 'D' THEN format('ALTER TABLE %s DISABLE RULE %I', r.ev_class::regclass, r.rulename)
        WHEN 'R' THEN format('ALTER TABLE %s ENABLE REPLICA RULE %I', r.ev_class::regclass, r.rulename)
        WHEN 'A' THEN format('ALTER TABLE %s ENABLE ALWAYS RULE %I', r.ev_class::regclass, r.rulename) END,
      CASE WHEN obj_description(r.oid, 'pg_rewrite') IS NOT NULL
        THEN format('COMMENT ON RULE %I ON %s IS %L', r.rulename, r.ev_class::regclass, obj_description(r.oid, 'pg_rewrite')) END], NULL)`

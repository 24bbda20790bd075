import { tryHints } from '../support/hints.ts'

tryHints('database', {
  'a server that forbids Limbeck its own tables': {
    before: ({ database }) =>
      database.query(`CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
          IF current_setting('a.boss', true) IS DISTINCT FROM 'yes' THEN RAISE 'ask the boss'; END IF;
        END $$;
        CREATE EVENT TRIGGER forbids ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION forbid()`),
    typed: ['ensure-version'],
    env: ({ database }) => ({ DATABASE_URL: `${database.url}?options=-c%20a.boss%3Dyes` }),
  },
})

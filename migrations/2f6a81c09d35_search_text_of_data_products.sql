-- Search text of data products
--
-- What the models lean on and cannot say: a database made by create-all runs it before their DDL.
--
-- revision: 2f6a81c09d35
-- revises: 0b7d4f9e63a1
-- created: 2026-11-16T09:20:11Z
-- fresh: before
-- compatible: yes

-- +upgrade
CREATE EXTENSION IF NOT EXISTS "pg_trgm";
CREATE FUNCTION "search_text"("name" text, "description" text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN lower("name" || ' ' || "description");

-- +downgrade
DROP FUNCTION "search_text"(text, text);
DROP EXTENSION "pg_trgm";

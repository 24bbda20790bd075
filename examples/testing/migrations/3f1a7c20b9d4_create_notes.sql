-- Create notes
--
-- revision: 3f1a7c20b9d4
-- revises:
-- created: 2026-11-27T08:00:00Z

-- +upgrade
CREATE TABLE "notes" (
  "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "text" text NOT NULL
);

-- +downgrade
DROP TABLE "notes";

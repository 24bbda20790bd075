-- Initial schema capture
--
-- The tables as they stood before there were migrations. A database of that time is not migrated
-- by this file but stamped with its revision, and then upgraded from there.
--
-- revision: 3135632d55e1
-- revises:
-- created: 2026-10-05T08:12:40Z

-- +upgrade
CREATE TABLE "teams" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "name" text NOT NULL,
  "created_at" timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "teams_name_unique" UNIQUE ("name")
);

CREATE TABLE "roles" (
  "name" text PRIMARY KEY NOT NULL,
  "description" text NOT NULL
);

CREATE TABLE "data_products" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "name" text NOT NULL,
  "description" text DEFAULT '' NOT NULL,
  "tags" jsonb DEFAULT '[]'::jsonb NOT NULL,
  "owner_team_id" uuid NOT NULL,
  "created_at" timestamp with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "data_products_name_unique" UNIQUE ("name"),
  CONSTRAINT "data_products_owner_team_id_teams_id_fk" FOREIGN KEY ("owner_team_id") REFERENCES "teams" ("id")
);

CREATE TABLE "subscriptions" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "data_product_id" uuid NOT NULL,
  "team_id" uuid NOT NULL,
  "role_name" text NOT NULL,
  "created_at" timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT "subscriptions_data_product_id_team_id_unique" UNIQUE ("data_product_id", "team_id"),
  CONSTRAINT "subscriptions_data_product_id_data_products_id_fk" FOREIGN KEY ("data_product_id") REFERENCES "data_products" ("id") ON DELETE CASCADE,
  CONSTRAINT "subscriptions_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "teams" ("id"),
  CONSTRAINT "subscriptions_role_name_roles_name_fk" FOREIGN KEY ("role_name") REFERENCES "roles" ("name")
);

CREATE INDEX "data_products_owner_team_id_index" ON "data_products" ("owner_team_id");
CREATE INDEX "subscriptions_team_id_index" ON "subscriptions" ("team_id");

-- +downgrade
DROP TABLE "subscriptions";
DROP TABLE "data_products";
DROP TABLE "roles";
DROP TABLE "teams";

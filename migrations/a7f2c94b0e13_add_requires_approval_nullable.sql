-- Add requires_approval, nullable
--
-- First of three phases. Two statements on purpose, so that the default is for rows to come only and
-- those that exist stay NULL until the next revision has decided them, batch by batch.
--
-- revision: a7f2c94b0e13
-- revises: 8d3e5a1f6c20
-- created: 2026-10-26T07:51:18Z
-- compatible: yes

-- +upgrade
ALTER TABLE "data_products" ADD COLUMN "requires_approval" boolean;
ALTER TABLE "data_products" ALTER COLUMN "requires_approval" SET DEFAULT false;

-- +downgrade
ALTER TABLE "data_products" DROP COLUMN "requires_approval";

-- Add documentation_url to data_products
--
-- revision: e03c7b5d1f92
-- revises: d86b21e7f0a4
-- created: 2026-11-09T10:31:15Z
-- compatible: yes

-- +upgrade
ALTER TABLE "data_products" ADD COLUMN "documentation_url" text;

-- +downgrade
ALTER TABLE "data_products" DROP COLUMN "documentation_url";

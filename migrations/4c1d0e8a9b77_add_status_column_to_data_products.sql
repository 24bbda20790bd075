-- Add status column to data_products
--
-- revision: 4c1d0e8a9b77
-- revises: 3135632d55e1
-- created: 2026-10-12T13:40:02Z
-- compatible: yes

-- +upgrade
CREATE TYPE "data_product_status" AS ENUM ('draft', 'published', 'deprecated', 'retired');
ALTER TABLE "data_products" ADD COLUMN "status" "data_product_status" DEFAULT 'draft' NOT NULL;

-- +downgrade
ALTER TABLE "data_products" DROP COLUMN "status";
DROP TYPE "data_product_status";

-- Index data_products by tag and status
--
-- revision: d86b21e7f0a4
-- revises: c5408fa3d9e6
-- created: 2026-11-03T15:22:57Z
-- transaction: none
-- compatible: yes

-- +upgrade
CREATE INDEX CONCURRENTLY "data_products_tags_index" ON "data_products" USING gin ("tags");
CREATE INDEX CONCURRENTLY "data_products_status_index" ON "data_products" ("status");

-- +downgrade
DROP INDEX CONCURRENTLY "data_products_status_index";
DROP INDEX CONCURRENTLY "data_products_tags_index";

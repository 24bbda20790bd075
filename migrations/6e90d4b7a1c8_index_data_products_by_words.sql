-- Index data_products by words
--
-- revision: 6e90d4b7a1c8
-- revises: 2f6a81c09d35
-- created: 2026-11-16T09:31:46Z
-- transaction: none
-- compatible: yes
-- models: e50eee8e58e82719

-- +upgrade
CREATE INDEX CONCURRENTLY "data_products_search_index" ON "data_products" USING gin (search_text("name", "description") gin_trgm_ops);

-- +downgrade
DROP INDEX CONCURRENTLY "data_products_search_index";

-- Merge documentation_url and expires_at
--
-- revision: 0b7d4f9e63a1
-- revises: e03c7b5d1f92, f1a96e48c2d7
-- created: 2026-11-12T08:00:26Z
-- compatible: yes

-- +upgrade

-- +downgrade

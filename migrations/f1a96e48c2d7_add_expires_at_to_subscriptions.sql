-- Add expires_at to subscriptions
--
-- revision: f1a96e48c2d7
-- revises: d86b21e7f0a4
-- created: 2026-11-10T16:04:48Z
-- compatible: yes

-- +upgrade
ALTER TABLE "subscriptions" ADD COLUMN "expires_at" timestamp with time zone;

-- +downgrade
ALTER TABLE "subscriptions" DROP COLUMN "expires_at";

-- Make requires_approval NOT NULL
--
-- Last of three phases. Each statement commits before the next, so that the scan of VALIDATE runs
-- beside reads and writes, and SET NOT NULL trusts the validated check instead of scanning again.
-- The release before this one writes true, false or nothing, never NULL, and can go on serving.
--
-- revision: c5408fa3d9e6
-- revises: b19e6d702f58
-- created: 2026-10-26T08:10:09Z
-- transaction: none
-- compatible: yes

-- +upgrade
ALTER TABLE "data_products" ADD CONSTRAINT "data_products_requires_approval_check" CHECK ("requires_approval" IS NOT NULL) NOT VALID;
ALTER TABLE "data_products" VALIDATE CONSTRAINT "data_products_requires_approval_check";
ALTER TABLE "data_products" ALTER COLUMN "requires_approval" SET NOT NULL;
ALTER TABLE "data_products" DROP CONSTRAINT "data_products_requires_approval_check";

-- +downgrade
ALTER TABLE "data_products" ALTER COLUMN "requires_approval" DROP NOT NULL;

-- AlterTable
ALTER TABLE "passkey" ADD COLUMN     "confirmation" TEXT,
ADD COLUMN     "confirmed_by" TEXT,
ADD COLUMN     "rp_id" TEXT,
ADD COLUMN     "waits_for_second" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "site_name" (
    "rp_id" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "is_current" BOOLEAN NOT NULL DEFAULT false,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "site_name_pkey" PRIMARY KEY ("rp_id")
);

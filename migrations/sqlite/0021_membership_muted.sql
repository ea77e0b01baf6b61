-- A muted room makes no stir about what is unread.
ALTER TABLE memberships ADD COLUMN muted BOOLEAN NOT NULL DEFAULT FALSE;

-- The room's newest message when the person joined: they are no reader of what was said before.
ALTER TABLE memberships ADD COLUMN joined_seq BIGINT NOT NULL DEFAULT 0;

-- Of a muted room not even what mentions the member makes a stir.
ALTER TABLE memberships ADD COLUMN silent BOOLEAN NOT NULL DEFAULT FALSE;

-- A pinned room stands first in its member's list.
ALTER TABLE memberships ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE;

-- An archived group is read and nothing more, until its owner reopens it.
ALTER TABLE rooms ADD COLUMN archived BOOLEAN NOT NULL DEFAULT FALSE;

-- When a person was deleted: the row stays, for what they wrote. erasing: their messages are still to be
-- made tombstones.
ALTER TABLE users
    ADD COLUMN deleted BIGINT NULL,
    ADD COLUMN erasing BOOLEAN NOT NULL DEFAULT FALSE;

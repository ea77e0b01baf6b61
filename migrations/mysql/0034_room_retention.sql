-- retention: days after which messages go; 0 for never, NULL as the server. kept_after: those up to this
-- place have been looked at. deleted: when the group was deleted; its messages are still to be removed.
ALTER TABLE rooms
    ADD COLUMN retention BIGINT NULL,
    ADD COLUMN kept_after BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN deleted BIGINT NULL;

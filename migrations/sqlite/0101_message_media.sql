-- messages.media_id has been empty since 0053, but each message had its line in the index. SQLite looks there
-- when an upload is deleted, because the column refers to it.
DROP INDEX messages_by_media;
CREATE INDEX messages_by_media ON messages (media_id) WHERE media_id IS NOT NULL;

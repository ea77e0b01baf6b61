-- messages.media_id has been empty since 0053, but each message had its line in the index.
ALTER TABLE messages DROP FOREIGN KEY messages_media, DROP KEY messages_by_media;

-- Messages are found by the names of what they carry, too: the server indexes those anew.
DELETE FROM message_words WHERE rowid IN (SELECT search_id FROM messages WHERE attachments IS NOT NULL AND search_id > 0);
UPDATE messages SET search_id = NULL WHERE attachments IS NOT NULL AND search_id > 0;

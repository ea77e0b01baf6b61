-- Messages are found by the names of what they carry, too: the server indexes those anew.
DELETE w FROM message_words w JOIN messages m ON m.search_id = w.rowid WHERE m.attachments IS NOT NULL AND m.search_id > 0;
UPDATE messages SET search_id = NULL WHERE attachments IS NOT NULL AND search_id > 0;

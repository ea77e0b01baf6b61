-- Who wrote it first, if it was forwarded: a user, as `sender_id`.
ALTER TABLE messages ADD COLUMN forwarded BIGINT NULL;

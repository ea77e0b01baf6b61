-- What people feel about the message, as JSON: a list of {"emoji", "people": [user id, ...]}.
ALTER TABLE messages ADD COLUMN reactions TEXT NULL;

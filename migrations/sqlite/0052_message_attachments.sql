-- JSON: a list of what the message carries, in its order, as pages read it; null: nothing.
ALTER TABLE messages ADD COLUMN attachments TEXT NULL;

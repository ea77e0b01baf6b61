-- Both names as search compares them, a line each; NULL: not made yet.
ALTER TABLE users ADD COLUMN find_key TEXT NULL;

-- A group's name as search compares it; NULL: not made yet.
ALTER TABLE rooms ADD COLUMN find_key TEXT NULL;

-- For the newest of all rooms, and how many came on a day. New ones go to its end.
CREATE INDEX messages_by_created ON messages (created);

-- For the newest of all rooms, and how many came on a day. New ones go to its end.
ALTER TABLE messages ADD KEY messages_by_created (created);

-- With the room, so that what is not the searcher's is passed over without reading it.
CREATE INDEX messages_by_search_id ON messages (search_id, room_id);

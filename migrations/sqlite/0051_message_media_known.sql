-- The pictures of messages that could have one each (messages.media_id, which nothing sets any more).
INSERT INTO message_media (media_id, room_id, seq)
SELECT media_id, room_id, seq FROM messages WHERE media_id IS NOT NULL;

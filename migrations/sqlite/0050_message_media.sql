-- Which messages name an upload: who may see it, and whether it is needed still. What pages show of
-- it is in messages.attachments. A deleted message names none.
CREATE TABLE message_media (
    media_id BIGINT NOT NULL REFERENCES media (id),
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (media_id, room_id, seq),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
);
CREATE INDEX message_media_by_message ON message_media (room_id, seq);

-- The same, to count the unread ones by: a row for each person, user_id 0 for everybody. A deleted message
-- has none.
CREATE TABLE mentions (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    sender_id BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id, seq),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
) WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (room_id, seq);

-- The same, to count the unread ones by: a row for each person, user_id 0 for everybody. A deleted message
-- has none.
CREATE TABLE mentions (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    sender_id BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id, seq),
    KEY mentions_by_message (room_id, seq),
    CONSTRAINT mentions_message FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

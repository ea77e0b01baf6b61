-- What a message said before it was edited: its words up to the revision that follows rev.
CREATE TABLE edits (
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    body MEDIUMTEXT NOT NULL,
    written BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq, rev),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

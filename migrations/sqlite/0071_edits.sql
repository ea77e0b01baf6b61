-- What a message said before it was edited: its words up to the revision that follows rev.
CREATE TABLE edits (
    room_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    body TEXT NOT NULL,
    written BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq, rev),
    FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
) WITHOUT ROWID;

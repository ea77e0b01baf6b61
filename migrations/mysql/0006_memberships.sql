-- role: 'member' (more to come). last_read_seq only grows.
CREATE TABLE memberships (
    room_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role VARCHAR(20) NOT NULL DEFAULT 'member',
    joined BIGINT NOT NULL,
    last_read_seq BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, user_id),
    KEY memberships_by_user (user_id),
    CONSTRAINT memberships_room FOREIGN KEY (room_id) REFERENCES rooms (id),
    CONSTRAINT memberships_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Links that let people in. room_id: the group that they join; NULL: the server, with its default
-- groups alone. expires, max_uses: NULL for never, and for any number. The token itself is here: who
-- manages the group is shown the link again.
CREATE TABLE invitations (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    token VARCHAR(50) NOT NULL UNIQUE,
    room_id BIGINT NULL,
    creator_id BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NULL,
    max_uses BIGINT NULL,
    uses BIGINT NOT NULL DEFAULT 0,
    KEY invitations_by_room (room_id),
    KEY invitations_by_creator (creator_id),
    CONSTRAINT invitations_room FOREIGN KEY (room_id) REFERENCES rooms (id),
    CONSTRAINT invitations_creator FOREIGN KEY (creator_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Links that let people in. room_id: the group that they join; NULL: the server, with its default
-- groups alone. expires, max_uses: NULL for never, and for any number. The token itself is here: who
-- manages the group is shown the link again.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    room_id BIGINT NULL REFERENCES rooms (id),
    creator_id BIGINT NOT NULL REFERENCES users (id),
    created BIGINT NOT NULL,
    expires BIGINT NULL,
    max_uses BIGINT NULL,
    uses BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX invitations_by_room ON invitations (room_id);
CREATE INDEX invitations_by_creator ON invitations (creator_id);

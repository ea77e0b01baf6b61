-- A group's picture; media.purpose is 'room' for it.
ALTER TABLE rooms
    ADD COLUMN avatar_id BIGINT NULL,
    ADD KEY rooms_by_avatar (avatar_id),
    ADD CONSTRAINT rooms_avatar FOREIGN KEY (avatar_id) REFERENCES media (id);

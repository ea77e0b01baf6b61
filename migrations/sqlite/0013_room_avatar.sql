-- A group's picture; media.purpose is 'room' for it.
ALTER TABLE rooms ADD COLUMN avatar_id BIGINT NULL REFERENCES media (id);
CREATE INDEX rooms_by_avatar ON rooms (avatar_id);

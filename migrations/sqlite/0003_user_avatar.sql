ALTER TABLE users ADD COLUMN avatar_id BIGINT NULL REFERENCES media (id);
CREATE INDEX users_by_avatar ON users (avatar_id);

ALTER TABLE users
    ADD COLUMN avatar_id BIGINT NULL,
    ADD KEY users_by_avatar (avatar_id),
    ADD CONSTRAINT users_avatar FOREIGN KEY (avatar_id) REFERENCES media (id);

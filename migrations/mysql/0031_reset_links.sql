-- One-time links to choose a password. token_hash: SHA-256 of the token, which itself is stored nowhere.
CREATE TABLE reset_links (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    KEY reset_links_by_user (user_id),
    CONSTRAINT reset_links_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

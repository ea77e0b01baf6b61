-- One-time links to choose a password. token_hash: SHA-256 of the token, which itself is stored nowhere.
CREATE TABLE reset_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    expires BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reset_links_by_user ON reset_links (user_id);

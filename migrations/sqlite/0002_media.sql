-- Uploads: the bytes are files below the media folder. purpose: 'message' or 'avatar'.
CREATE TABLE media (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id BIGINT NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL,
    content_type TEXT NOT NULL,
    thumb_type TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    thumb_width BIGINT NOT NULL,
    thumb_height BIGINT NOT NULL,
    path TEXT NOT NULL,
    thumb_path TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX media_by_owner ON media (owner_id);
CREATE INDEX media_by_created ON media (created);

-- Uploads: the bytes are files below the media folder. purpose: 'message' or 'avatar'.
CREATE TABLE media (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    owner_id BIGINT NOT NULL,
    purpose VARCHAR(20) NOT NULL,
    content_type VARCHAR(100) NOT NULL,
    thumb_type VARCHAR(100) NOT NULL,
    name VARCHAR(255) NOT NULL,
    bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    thumb_width BIGINT NOT NULL,
    thumb_height BIGINT NOT NULL,
    path VARCHAR(500) NOT NULL,
    thumb_path VARCHAR(500) NOT NULL,
    created BIGINT NOT NULL,
    KEY media_by_owner (owner_id),
    KEY media_by_created (created),
    CONSTRAINT media_owner FOREIGN KEY (owner_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- kind: 'group' or 'direct'. visibility: 'default' (everyone who registers joins), 'public' or
-- 'private'. direct_key: the two user ids as 'low:high', so that a pair has one private room.
-- members: how many memberships there are, kept by the transactions that change them.
CREATE TABLE rooms (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind VARCHAR(20) NOT NULL,
    name VARCHAR(255) NOT NULL,
    introduction VARCHAR(1000) NOT NULL DEFAULT '',
    creator_id BIGINT NULL,
    created BIGINT NOT NULL,
    visibility VARCHAR(20) NOT NULL,
    members BIGINT NOT NULL DEFAULT 0,
    last_seq BIGINT NOT NULL DEFAULT 0,
    last_rev BIGINT NOT NULL DEFAULT 0,
    direct_key VARCHAR(50) NULL UNIQUE,
    KEY rooms_by_visibility (visibility),
    CONSTRAINT rooms_creator FOREIGN KEY (creator_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

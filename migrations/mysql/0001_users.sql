-- name_key is the folded name (NFKC, lower case): what is unique. Folding can make one character
-- 18, so it is wider than name; 700 fits an index. Times are milliseconds, UTC.
CREATE TABLE users (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    name_key VARCHAR(700) NOT NULL UNIQUE,
    display_name VARCHAR(100) NOT NULL,
    introduction VARCHAR(1000) NOT NULL DEFAULT '',
    password VARCHAR(500) NOT NULL,
    is_admin BOOLEAN NOT NULL DEFAULT FALSE,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

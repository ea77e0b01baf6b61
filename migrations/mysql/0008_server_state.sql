-- Numbers that all processes on this database share.
CREATE TABLE server_state (
    name VARCHAR(50) NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

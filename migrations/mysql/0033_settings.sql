-- What was set in the administration area; the rest is as the command line says.
CREATE TABLE settings (
    name VARCHAR(50) NOT NULL PRIMARY KEY,
    value VARCHAR(2000) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

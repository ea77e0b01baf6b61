-- What administrators did. actor: their name then; empty for the command line. subject: whom or what it
-- was done to.
CREATE TABLE audit (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id BIGINT NULL,
    actor VARCHAR(100) NOT NULL,
    action VARCHAR(50) NOT NULL,
    subject VARCHAR(300) NOT NULL,
    detail VARCHAR(1000) NOT NULL,
    KEY audit_by_action (action),
    KEY audit_by_actor (actor),
    CONSTRAINT audit_actor FOREIGN KEY (actor_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The group that everyone who registers joins.
INSERT INTO rooms (kind, name, introduction, created, visibility)
VALUES ('group', 'Lobby', '', UNIX_TIMESTAMP() * 1000, 'default');

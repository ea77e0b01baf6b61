-- The group that everyone who registers joins.
INSERT INTO rooms (kind, name, introduction, created, visibility)
VALUES ('group', 'Lobby', '', CAST(strftime('%s', 'now') AS INTEGER) * 1000, 'default');

-- Grows whenever sessions are ended from outside, so that caches of sessions know.
INSERT INTO server_state (name, value) VALUES ('revocations', 0);

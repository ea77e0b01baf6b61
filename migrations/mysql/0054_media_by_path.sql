-- For the sweep, which asks whether a file's row is there.
CREATE INDEX media_by_path ON media (path);

-- Whom a message mentions: a JSON list of their ids, 0 for everybody; NULL: nobody.
ALTER TABLE messages ADD COLUMN mentions TEXT NULL;

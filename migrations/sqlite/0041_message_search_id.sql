-- Its row in message_words, growing with time; 0: nothing is to be found in it; NULL: not indexed yet.
ALTER TABLE messages ADD COLUMN search_id BIGINT NULL;

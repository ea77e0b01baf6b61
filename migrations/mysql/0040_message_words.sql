-- The index of messages: only the words of `app/src/search/words.rs`, each of three letters at least and
-- none a stopword, so that no setting of the server matters. rowid: messages.search_id.
CREATE TABLE message_words (
    rowid BIGINT NOT NULL PRIMARY KEY,
    words MEDIUMTEXT NOT NULL,
    FULLTEXT KEY message_words_by_word (words)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

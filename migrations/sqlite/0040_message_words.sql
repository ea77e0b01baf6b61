-- The index of messages: no texts, only the words of `app/src/search/words.rs`, which need no rules of
-- a language. rowid: messages.search_id.
CREATE VIRTUAL TABLE message_words USING fts5(
    words, content='', contentless_delete=1, detail=none, tokenize='ascii'
);

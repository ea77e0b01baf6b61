-- As 0051. server/db/restore.rs does both for a backup of that time.
UPDATE messages SET attachments = (
    SELECT JSON_ARRAY(JSON_OBJECT('id', f.id, 'kind', 'picture', 'name', f.name, 'bytes', f.bytes,
        'width', f.width, 'height', f.height,
        'thumb_width', f.thumb_width, 'thumb_height', f.thumb_height))
    FROM media f WHERE f.id = messages.media_id
), media_id = NULL
WHERE media_id IS NOT NULL;

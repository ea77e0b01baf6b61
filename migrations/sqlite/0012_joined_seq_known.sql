-- Those who have joined already: as far as the clock tells.
UPDATE memberships SET joined_seq = COALESCE(
    (SELECT m.seq - 1 FROM messages m
        WHERE m.room_id = memberships.room_id AND m.created >= memberships.joined
        ORDER BY m.seq LIMIT 1),
    (SELECT r.last_seq FROM rooms r WHERE r.id = memberships.room_id));

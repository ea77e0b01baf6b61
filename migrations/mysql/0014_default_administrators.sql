-- Who administers the server administers the groups that everyone joins: these have no owner.
-- memberships.role: 'owner', 'administrator' or 'member'.
UPDATE memberships SET role = 'administrator'
WHERE user_id IN (SELECT id FROM users WHERE is_admin = TRUE)
AND room_id IN (SELECT id FROM rooms WHERE visibility = 'default');

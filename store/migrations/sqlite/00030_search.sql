-- +goose Up
-- raiser: who raised it, as the source calls them. stored: when the record was last stored, on the domain's clock.
ALTER TABLE records ADD COLUMN raiser TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
-- The latest time that a record and its nudges know is the best guess for those that are there.
UPDATE records SET stored = (SELECT MAX(known) FROM (
    SELECT records.at AS known
    UNION ALL SELECT n.at FROM nudges n WHERE n.record = records.id
    UNION ALL SELECT COALESCE(CAST(records.body ->> '$.again' AS INTEGER), 0)
    UNION ALL SELECT COALESCE(CAST(records.body ->> '$.ledger.died_at' AS INTEGER), 0)
    UNION ALL SELECT CAST(reached.value AS INTEGER) FROM json_each(records.body, '$.ledger.times') reached));
-- Of the older ones only who pulled a cord is sure.
UPDATE records SET raiser = COALESCE((SELECT e.actor FROM events e WHERE e.id = records.body ->> '$.signal.occasion' AND e.kind = 'pulled'), '')
    WHERE detector = 'cord';
CREATE INDEX records_raiser ON records (raiser, id) WHERE raiser <> '';
CREATE INDEX records_stored ON records (stored);
CREATE INDEX nudges_target ON nudges (target, record);
CREATE INDEX events_moved ON events (kind, at, case_id);

-- One opinion of a person about a nudge: the newest.
DELETE FROM feedback WHERE EXISTS (SELECT 1 FROM feedback f WHERE f.nudge = feedback.nudge AND f.person = feedback.person
    AND (f.at > feedback.at OR (f.at = feedback.at AND f.id > feedback.id)));
CREATE UNIQUE INDEX feedback_once ON feedback (nudge, person);

CREATE INDEX tokens_at ON tokens (at);

-- awaited: place of the latest event that somebody clicked or asked. lane: how urgent what is to be sent is.
-- added: places where the message stands that came while it was being sent.
ALTER TABLE cases ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN lane INTEGER NOT NULL DEFAULT 2;
ALTER TABLE messages ADD COLUMN added TEXT NOT NULL DEFAULT '[]';
UPDATE messages SET lane = 4 WHERE id IN (SELECT message FROM notices);

-- +goose Down
ALTER TABLE messages DROP COLUMN added;
ALTER TABLE messages DROP COLUMN lane;
ALTER TABLE cases DROP COLUMN awaited;
DROP INDEX tokens_at;
DROP INDEX feedback_once;
DROP INDEX events_moved;
DROP INDEX nudges_target;
DROP INDEX records_stored;
DROP INDEX records_raiser;
ALTER TABLE records DROP COLUMN stored;
ALTER TABLE records DROP COLUMN raiser;

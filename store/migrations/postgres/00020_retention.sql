-- +goose Up
-- expired = 1: the words of the row are gone, and it is not visited again for them.
ALTER TABLE events ADD COLUMN expired BIGINT NOT NULL DEFAULT 0;
ALTER TABLE envelopes ADD COLUMN expired BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN expired BIGINT NOT NULL DEFAULT 0;
ALTER TABLE nudges ADD COLUMN expired BIGINT NOT NULL DEFAULT 0;

-- Only the kinds in which somebody says something, so that the others cost nothing.
CREATE INDEX events_words ON events (at) WHERE expired = 0 AND kind IN ('opened', 'said', 'edited', 'pulled', 'claimed', 'refused', 'closed', 'reopened', 'confirmed', 'denied');
CREATE INDEX envelopes_words ON envelopes (received) WHERE expired = 0;
CREATE INDEX records_words ON records (at) WHERE expired = 0;
CREATE INDEX nudges_words ON nudges (at) WHERE expired = 0;

-- +goose Down
DROP INDEX nudges_words;
DROP INDEX records_words;
DROP INDEX envelopes_words;
DROP INDEX events_words;
ALTER TABLE nudges DROP COLUMN expired;
ALTER TABLE records DROP COLUMN expired;
ALTER TABLE envelopes DROP COLUMN expired;
ALTER TABLE events DROP COLUMN expired;

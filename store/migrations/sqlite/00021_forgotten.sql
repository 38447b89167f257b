-- +goose Up
-- Who was forgotten, so that a source does not bring them back. hash is an
-- HMAC-SHA256 of the id under salt; the row of kind 'all' has an empty hash,
-- and at is the time before which everything was forgotten.
CREATE TABLE forgotten (
    hash TEXT PRIMARY KEY,
    salt TEXT NOT NULL,
    kind TEXT NOT NULL, -- id, bare, word, channel, all
    at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE forgotten;

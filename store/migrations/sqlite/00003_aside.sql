-- +goose Up
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    pos INTEGER NOT NULL,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX snapshots_name ON snapshots (name, id);

CREATE TABLE snapshot_chunks (
    snapshot INTEGER NOT NULL,
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (snapshot, part)
);

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nudge TEXT NOT NULL,
    person TEXT NOT NULL,
    verdict TEXT NOT NULL,
    why TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX feedback_at ON feedback (at);

-- Who pulled the cord anonymously: nothing else names them, and this row goes when it has served.
CREATE TABLE tokens (
    token TEXT PRIMARY KEY,
    signal TEXT NOT NULL,
    person TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX tokens_signal ON tokens (signal);

-- +goose Down
DROP TABLE tokens;
DROP TABLE feedback;
DROP TABLE snapshot_chunks;
DROP TABLE snapshots;

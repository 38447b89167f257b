-- +goose Up
CREATE TABLE envelopes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    ext_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (source, ext_id)
);

-- Every key that an event bears. Keys of the organisation have last = 0: nobody looks at them.
CREATE TABLE cases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    channel TEXT NOT NULL,
    last INTEGER NOT NULL DEFAULT 0,
    looked INTEGER NOT NULL DEFAULT 0,
    look INTEGER NOT NULL DEFAULT 0,
    posts_at INTEGER NOT NULL DEFAULT 0,
    wished INTEGER NOT NULL DEFAULT 0, -- the earliest wish of others while a look is queued
    learnt INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX cases_look ON cases (look, key) WHERE look > 0 AND queued = 0;
CREATE INDEX cases_posts_at ON cases (channel) WHERE posts_at > 0;
CREATE INDEX cases_queued ON cases (id) WHERE queued = 1;

-- NULL stands for the empty string: it is quicker to read.
CREATE TABLE events (
    pos INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    case_id INTEGER NOT NULL,
    envelope INTEGER NOT NULL,
    room INTEGER NOT NULL,
    learn INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    item INTEGER NOT NULL,
    field TEXT,
    before TEXT,
    after TEXT,
    text TEXT,
    ref TEXT,
    fields TEXT,
    audience TEXT
);
CREATE INDEX events_case ON events (case_id);
CREATE INDEX events_room ON events (room) WHERE room > 0;
CREATE INDEX events_envelope ON events (envelope) WHERE envelope > 0;

CREATE TABLE rooms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    posts INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE cursors;
DROP TABLE rooms;
DROP TABLE events;
DROP TABLE cases;
DROP TABLE envelopes;

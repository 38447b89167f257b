-- +goose Up
CREATE TABLE records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    case_key TEXT NOT NULL,
    channel TEXT NOT NULL,
    detector TEXT NOT NULL,
    state TEXT NOT NULL, -- the latest stage that was reached
    at INTEGER NOT NULL,
    over INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX records_case ON records (case_key);
CREATE INDEX records_channel ON records (channel, id) WHERE over = 0 AND channel <> '';

CREATE TABLE nudges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    record INTEGER NOT NULL,
    place INTEGER NOT NULL,
    detector TEXT NOT NULL,
    target TEXT NOT NULL,
    step INTEGER NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    look INTEGER NOT NULL,
    why TEXT NOT NULL,
    route TEXT NOT NULL,
    signal TEXT -- the signal as that person may see it, where it differs from the record's
);
CREATE INDEX nudges_record ON nudges (record);
CREATE INDEX nudges_message ON nudges (message) WHERE message <> '';

-- What decisions rest on: persons, channels, and channels by day.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    spent INTEGER NOT NULL
);

CREATE TABLE told (
    target TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    cases TEXT NOT NULL,
    nudges INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    PRIMARY KEY (target, message)
);
CREATE INDEX told_at ON told (target, at, message);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    rev INTEGER NOT NULL,
    sent_rev INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    claimed INTEGER NOT NULL, -- an attempt is under way
    doubt INTEGER NOT NULL,
    queued INTEGER NOT NULL,  -- a send job waits
    nudges TEXT NOT NULL,
    copies TEXT NOT NULL
);
CREATE INDEX messages_claimed ON messages (begun) WHERE claimed = 1;

-- +goose Down
DROP TABLE messages;
DROP TABLE told;
DROP TABLE counters;
DROP TABLE nudges;
DROP TABLE records;

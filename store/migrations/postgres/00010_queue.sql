-- +goose Up
-- Periodic work: when each task is to run next. Times are microseconds UTC, 0 for never.
CREATE TABLE tasks (
    name       TEXT    NOT NULL PRIMARY KEY,
    next_run   BIGINT  NOT NULL DEFAULT 0,
    queued     BIGINT  NOT NULL DEFAULT 0, -- 1 while a job for it waits or runs
    last_run   BIGINT  NOT NULL DEFAULT 0,
    last_error TEXT    NOT NULL DEFAULT ''
);

-- Hints to fetch something for which a job waits.
CREATE TABLE hints (
    source TEXT NOT NULL,
    ref    TEXT NOT NULL,
    PRIMARY KEY (source, ref)
);

-- +goose Down
DROP TABLE hints;
DROP TABLE tasks;

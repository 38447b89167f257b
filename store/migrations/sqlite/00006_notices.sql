-- +goose Up
-- What messages say that no nudges make.
CREATE TABLE notices (
    message TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE notices;

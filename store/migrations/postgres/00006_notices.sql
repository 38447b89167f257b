-- +goose Up
-- What messages say that no nudges make.
CREATE TABLE notices (
    message TEXT PRIMARY KEY,
    body BYTEA NOT NULL,
    at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE notices;

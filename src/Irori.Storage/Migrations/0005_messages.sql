-- What people are told afterwards. home: NULL for every home of the account. data: JSON, names as they were then. at is unique per account but for
-- what two transactions tell in the same moment.
CREATE TABLE messages (
    no      {no},
    id      TEXT   NOT NULL UNIQUE,
    account BIGINT NOT NULL REFERENCES accounts (no),
    home    BIGINT REFERENCES homes (no),
    device  BIGINT REFERENCES devices (no),
    kind    TEXT   NOT NULL,
    data    TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX messages_account ON messages (account, at);
CREATE INDEX messages_home ON messages (home) WHERE home IS NOT NULL;
CREATE INDEX messages_at ON messages (at);

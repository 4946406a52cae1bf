-- keeps_operations: whether the owner wants the history of operations.
-- parent: the gateway over whose connection a sub-device speaks.
ALTER TABLE devices ADD COLUMN keeps_operations BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE devices ADD COLUMN parent BIGINT REFERENCES devices (no);
CREATE INDEX devices_parent ON devices (parent) WHERE parent IS NOT NULL;

-- What was operated, by people (account) or on the device itself (no account). body: JSON as it was asked or reported.
CREATE TABLE operations (
    no      {no},
    device  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    account TEXT,
    body    TEXT   NOT NULL
);
CREATE INDEX operations_device ON operations (device, at);
CREATE INDEX operations_at ON operations (at);

-- model is the module's own name, as devices say it.
CREATE TABLE firmware (
    no      {no},
    id      TEXT   NOT NULL UNIQUE,
    product BIGINT NOT NULL REFERENCES products (no),
    model   TEXT   NOT NULL,
    version TEXT   NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (product, model, version)
);

CREATE TABLE firmware_files (
    firmware BIGINT  NOT NULL REFERENCES firmware (no),
    position INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    digest   TEXT    NOT NULL,
    size     BIGINT  NOT NULL,
    PRIMARY KEY (firmware, position)
);
CREATE INDEX firmware_files_digest ON firmware_files (digest);

-- The bytes of files, once for each digest (SHA-256, hex): they are where every node, a backup and a move find them.
CREATE TABLE firmware_pieces (
    digest   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    bytes    BYTEA   NOT NULL,
    PRIMARY KEY (digest, position)
);

-- An invitation to use something, and what became of it. target: the internal key of what target_kind says. named: the login by which the receiver
-- was named. until: of a pending one the last moment to answer, of an accepted one the end of the right.
CREATE TABLE shares (
    no          {no},
    kind        TEXT    NOT NULL,
    consent     TEXT    NOT NULL,
    target_kind TEXT    NOT NULL,
    target      BIGINT  NOT NULL,
    sender      BIGINT  NOT NULL REFERENCES accounts (no),
    receiver    BIGINT  REFERENCES accounts (no),
    named       TEXT,
    code_hash   BYTEA,
    permit      INTEGER NOT NULL,
    minutes     INTEGER,
    comment     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    ended_by    TEXT,
    created     BIGINT  NOT NULL,
    changed     BIGINT  NOT NULL,
    until       BIGINT
);
CREATE UNIQUE INDEX shares_open ON shares (target_kind, target, receiver) WHERE state IN ('Pending', 'Accepted');
CREATE UNIQUE INDEX shares_code ON shares (code_hash) WHERE state = 'Pending';
CREATE INDEX shares_target ON shares (target_kind, target);
CREATE INDEX shares_sender ON shares (sender);
CREATE INDEX shares_receiver ON shares (receiver);
CREATE INDEX shares_due ON shares (until) WHERE until IS NOT NULL AND state IN ('Pending', 'Accepted');

-- Devices under one name: a folder, or controlled as one. Where a group stands is a placement and a rank with item_kind group. state: JSON, as last
-- shown or commanded.
CREATE TABLE groups (
    no      {no},
    id      TEXT   NOT NULL UNIQUE,
    account BIGINT NOT NULL REFERENCES accounts (no),
    kind    TEXT   NOT NULL,
    main    BIGINT REFERENCES devices (no),
    name    TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX groups_account ON groups (account, kind);
CREATE INDEX groups_main ON groups (main);

CREATE TABLE group_members (
    group_no BIGINT NOT NULL REFERENCES groups (no),
    device   BIGINT NOT NULL REFERENCES devices (no),
    rank     BIGINT NOT NULL,
    PRIMARY KEY (group_no, device)
);
CREATE INDEX group_members_device ON group_members (device);

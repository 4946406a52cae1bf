-- Plans that run when somebody asks for them, or by a rule. rule, plan, original: JSON. reason: why a rule is not valid. fired_at: when it last ran by itself.
CREATE TABLE scenes (
    no       {no},
    id       TEXT    NOT NULL UNIQUE,
    account  BIGINT  NOT NULL REFERENCES accounts (no),
    home     BIGINT  REFERENCES homes (no),
    app      TEXT    NOT NULL,
    family   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    enabled  BOOLEAN NOT NULL,
    valid    BOOLEAN NOT NULL,
    reason   TEXT,
    rule     TEXT    NOT NULL,
    plan     TEXT    NOT NULL,
    original TEXT    NOT NULL,
    fired_at BIGINT,
    created  BIGINT  NOT NULL,
    updated  BIGINT  NOT NULL
);
CREATE INDEX scenes_account ON scenes (account, family, no);
CREATE INDEX scenes_home ON scenes (home) WHERE home IS NOT NULL;

-- Devices that scenes have to do with. use: Trigger, Condition, Action. The watch (8) of a device's state says whether a scene waits for it.
CREATE TABLE scene_refs (
    scene  BIGINT NOT NULL REFERENCES scenes (no),
    device BIGINT NOT NULL REFERENCES devices (no),
    use    TEXT   NOT NULL,
    PRIMARY KEY (scene, device, use)
);
CREATE INDEX scene_refs_device ON scene_refs (device, use);

-- What devices do until a time comes of runs that led to one another so often: by it, rules that set each other off are stopped.
CREATE TABLE chains (
    device BIGINT  PRIMARY KEY REFERENCES devices (no),
    depth  INTEGER NOT NULL,
    until  BIGINT  NOT NULL
);

-- What is to be done when. account NULL: a timer of a device, which acts for whoever owns that. family: the dialect's list in which it stands.
-- recurrence, plan, original: JSON. next_due NULL: never again.
CREATE TABLE schedules (
    no         {no},
    id         TEXT    NOT NULL UNIQUE,
    account    BIGINT  REFERENCES accounts (no),
    device     BIGINT  REFERENCES devices (no),
    timer      TEXT,
    app        TEXT    NOT NULL,
    family     TEXT    NOT NULL,
    recurrence TEXT    NOT NULL,
    zone       TEXT    NOT NULL,
    starts     BIGINT,
    ends       BIGINT,
    enabled    BOOLEAN NOT NULL,
    valid      BOOLEAN NOT NULL DEFAULT TRUE,
    plan       TEXT    NOT NULL,
    original   TEXT    NOT NULL,
    created    BIGINT  NOT NULL,
    updated    BIGINT  NOT NULL,
    next_due   BIGINT,
    UNIQUE (device, timer)
);
CREATE INDEX schedules_due ON schedules (next_due) WHERE next_due IS NOT NULL;
CREATE INDEX schedules_account ON schedules (account, family, no) WHERE account IS NOT NULL;

-- By what schedules are found. kind: Device, Group, Scene.
CREATE TABLE schedule_targets (
    schedule BIGINT NOT NULL REFERENCES schedules (no),
    kind     TEXT   NOT NULL,
    target   BIGINT NOT NULL,
    PRIMARY KEY (schedule, kind, target)
);
CREATE INDEX schedule_targets_target ON schedule_targets (kind, target);

-- One time that a plan, or a part of it after a wait, is carried out. ref: the schedule, or the task of scenes and rules. part: 0, or more after waits.
-- claimer and claimed_until: who carries it out, and until when he is taken for alive. plan, detail: JSON.
CREATE TABLE runs (
    no            {no},
    kind          TEXT    NOT NULL,
    ref           BIGINT  NOT NULL,
    due           BIGINT  NOT NULL,
    part          INTEGER NOT NULL,
    task          BIGINT  NOT NULL,
    schedule      BIGINT,
    scene         BIGINT,
    account       BIGINT,
    device        BIGINT,
    app           TEXT    NOT NULL,
    plan          TEXT    NOT NULL,
    depth         INTEGER NOT NULL,
    state         TEXT    NOT NULL,
    claimer       BIGINT,
    claimed_until BIGINT  NOT NULL DEFAULT 0,
    sent_at       BIGINT,
    ended_at      BIGINT,
    detail        TEXT    NOT NULL,
    UNIQUE (kind, ref, due, part)
);
CREATE INDEX runs_pending ON runs (due) WHERE state = 'Pending';
CREATE INDEX runs_sent ON runs (claimed_until) WHERE state = 'Sent';
CREATE INDEX runs_due ON runs (due);
CREATE INDEX runs_task ON runs (task);
CREATE INDEX runs_schedule ON runs (schedule, due) WHERE schedule IS NOT NULL;
CREATE INDEX runs_scene ON runs (scene, due) WHERE scene IS NOT NULL;
CREATE INDEX runs_account ON runs (account, due) WHERE account IS NOT NULL;
CREATE INDEX runs_device ON runs (device, due) WHERE device IS NOT NULL;

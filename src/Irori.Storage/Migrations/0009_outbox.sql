-- wishes: bits of what the person wants to be told of. watch: the bits that anybody wants, under the lock of the state, so that no writer misses one.
-- Alarms (4) are wanted by everybody who did not say otherwise.
ALTER TABLE bindings ADD COLUMN wishes INTEGER NOT NULL DEFAULT 4;
ALTER TABLE states ADD COLUMN watch INTEGER NOT NULL DEFAULT 0;
UPDATE states SET watch = 4 WHERE EXISTS (SELECT 1 FROM bindings b WHERE b.device = states.device);

-- What must follow from a change, written with it. lane: of the device, worked by one node at a time. body: JSON, or empty.
CREATE TABLE outbox (
    no      {no},
    lane    INTEGER NOT NULL,
    device  BIGINT  NOT NULL,
    kind    TEXT    NOT NULL,
    at      BIGINT  NOT NULL,
    account TEXT,
    body    TEXT    NOT NULL
);
CREATE INDEX outbox_lane ON outbox (lane, no);

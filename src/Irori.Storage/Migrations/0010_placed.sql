-- placed: whether the person has the device in one of his homes. Who lists things asks whether there is one that he has in none, which must not look at all that he has.
ALTER TABLE bindings ADD COLUMN placed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE bindings SET placed = TRUE WHERE EXISTS
    (SELECT 1 FROM placements l WHERE l.account = bindings.account AND l.item_kind = 'device' AND l.item = bindings.device);
CREATE INDEX bindings_unplaced ON bindings (account, device) WHERE NOT placed;

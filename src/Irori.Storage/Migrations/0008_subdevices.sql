-- node: whether its devices connect by themselves, as gateways, or over one.
ALTER TABLE products ADD COLUMN node TEXT NOT NULL DEFAULT 'Device';

-- The link of a sub-device lives no longer than that of its gateway which carries it, of this epoch.
ALTER TABLE links ADD COLUMN gateway BIGINT REFERENCES devices (no);
ALTER TABLE links ADD COLUMN gateway_epoch BIGINT;

-- profile: JSON of what dialects keep of a person beyond his nickname.
ALTER TABLE accounts ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';

-- What apps of a dialect show to prove that they are made for the product (an HMAC or digest needs it in clear).
ALTER TABLE products ADD COLUMN secret_enc BYTEA;

-- True once a device of an open product was shared: from then on it has one owner, and others need a share.
ALTER TABLE devices ADD COLUMN open_to_single BOOLEAN NOT NULL DEFAULT FALSE;

-- A person's own words for a device; labels: JSON list of texts.
ALTER TABLE bindings ADD COLUMN remark TEXT NOT NULL DEFAULT '';
ALTER TABLE bindings ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';

-- A group of devices of one product that is controlled as one without a main device. changed: 0 for never.
ALTER TABLE groups ADD COLUMN product BIGINT REFERENCES products (no);
ALTER TABLE groups ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;

-- What the reader has done with a message; a deleted one is shown nowhere. changed: 0 for never.
ALTER TABLE messages ADD COLUMN mark TEXT NOT NULL DEFAULT 'Unread';
ALTER TABLE messages ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;

-- What the two people of a share call each other.
ALTER TABLE shares ADD COLUMN sender_alias TEXT NOT NULL DEFAULT '';
ALTER TABLE shares ADD COLUMN receiver_alias TEXT NOT NULL DEFAULT '';

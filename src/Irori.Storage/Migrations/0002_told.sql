-- Whether the end of a closed link has been told as offline: it is told once, by whoever sets this.
ALTER TABLE links ADD COLUMN told BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE links SET told = TRUE WHERE closed IS NOT NULL;
CREATE INDEX links_untold ON links (closed) WHERE closed IS NOT NULL AND NOT told;

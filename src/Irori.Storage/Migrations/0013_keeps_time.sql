-- keeps_time: whether its devices carry out their timers themselves; for the others the cloud does.
ALTER TABLE products ADD COLUMN keeps_time BOOLEAN NOT NULL DEFAULT TRUE;

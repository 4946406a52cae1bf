-- role: Owner or Member. Since when a member is one, the accepted share of the home says.
CREATE UNIQUE INDEX members_owner ON members (home) WHERE role = 'Owner';

-- Who lists the groups of a home must not look at all its devices.
DROP INDEX placements_home;
CREATE INDEX placements_home ON placements (home, account, item_kind, item);

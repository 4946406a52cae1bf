-- role: Owner or Member. Since when a member is one, the accepted share of the home says.
CREATE UNIQUE INDEX members_owner ON members (home) WHERE role = 'Owner';

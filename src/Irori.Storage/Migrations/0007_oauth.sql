-- Where an app may be answered with a code.
CREATE TABLE app_redirects (
    app BIGINT NOT NULL REFERENCES apps (no),
    uri TEXT   NOT NULL,
    PRIMARY KEY (app, uri)
);

-- That a person lets an app in: shown once, exchanged once for a session. redirect: where it was answered.
CREATE TABLE oauth_codes (
    hash     BYTEA  NOT NULL PRIMARY KEY,
    app      BIGINT NOT NULL REFERENCES apps (no),
    account  BIGINT NOT NULL REFERENCES accounts (no),
    redirect TEXT   NOT NULL,
    until    BIGINT NOT NULL
);
CREATE INDEX oauth_codes_until ON oauth_codes (until);

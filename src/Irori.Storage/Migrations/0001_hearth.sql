-- Tokens: {no} an integer key minted by the database; {rowless} a table that is its own primary key;
-- {json_each} the function that turns a JSON list into rows, where the engine has none.
-- Times are milliseconds since 1970, UTC. *_enc is encrypted, *_hash hashed. Texts that hold JSON say so.

{json_each}

CREATE TABLE installation (
    id      TEXT   PRIMARY KEY,
    created BIGINT NOT NULL,
    mode    TEXT   NOT NULL
);

CREATE TABLE keys (
    purpose     TEXT   PRIMARY KEY,
    wrapped_enc BYTEA  NOT NULL,
    active_from BIGINT NOT NULL
);

CREATE TABLE nodes (
    node        TEXT   PRIMARY KEY,
    incarnation BIGINT NOT NULL,
    version     TEXT   NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE projects (
    no   {no},
    id   TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);

CREATE TABLE apps (
    no              {no},
    id              TEXT    NOT NULL UNIQUE,
    project         BIGINT  NOT NULL REFERENCES projects (no),
    dialect         TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    secret_enc      BYTEA   NOT NULL,
    single_session  BOOLEAN NOT NULL,
    access_seconds  BIGINT  NOT NULL,
    refresh_seconds BIGINT  NOT NULL,
    disabled        BOOLEAN NOT NULL
);

-- target: 0 for all, else the brand or the product.
CREATE TABLE grants (
    app    BIGINT NOT NULL REFERENCES apps (no),
    kind   TEXT   NOT NULL,
    target BIGINT NOT NULL,
    PRIMARY KEY (app, kind, target)
);

CREATE TABLE accounts (
    no            {no},
    id            TEXT    NOT NULL UNIQUE,
    region        TEXT    NOT NULL,
    calling_code  TEXT    NOT NULL,
    lang          TEXT    NOT NULL,
    nickname      TEXT    NOT NULL,
    accepts_ads   BOOLEAN NOT NULL,
    consulted     BOOLEAN NOT NULL,
    password_hash TEXT,
    current_home  TEXT,
    created       BIGINT  NOT NULL,
    closed        BIGINT
);

CREATE TABLE logins (
    kind        TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    value       TEXT   NOT NULL,
    account     BIGINT NOT NULL REFERENCES accounts (no),
    verified_at BIGINT NOT NULL,
    PRIMARY KEY (kind, scope, value)
);
CREATE INDEX logins_account ON logins (account);

CREATE TABLE operators (
    account BIGINT PRIMARY KEY REFERENCES accounts (no),
    role    TEXT   NOT NULL
);

CREATE TABLE codes (
    target  TEXT    NOT NULL,
    purpose TEXT    NOT NULL,
    hash    BYTEA   NOT NULL,
    tries   INTEGER NOT NULL,
    sent_at BIGINT  NOT NULL,
    expires BIGINT  NOT NULL,
    PRIMARY KEY (target, purpose)
);

CREATE TABLE code_counts (
    no      {no},
    target  TEXT   NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX code_counts_target ON code_counts (target, sent_at);

CREATE TABLE sessions (
    no            {no},
    account       BIGINT NOT NULL REFERENCES accounts (no),
    app           BIGINT NOT NULL REFERENCES apps (no),
    access_hash   BYTEA  NOT NULL UNIQUE,
    access_until  BIGINT NOT NULL,
    refresh_hash  BYTEA  NOT NULL UNIQUE,
    refresh_until BIGINT NOT NULL,
    opened        BIGINT NOT NULL,
    ended         BIGINT,
    ip            TEXT
);
CREATE INDEX sessions_open ON sessions (account, app) WHERE ended IS NULL;

CREATE TABLE brands (
    no   {no},
    id   TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    logo TEXT NOT NULL
);

CREATE TABLE products (
    no           {no},
    id           TEXT    NOT NULL UNIQUE,
    project      BIGINT  NOT NULL REFERENCES projects (no),
    brand        BIGINT  NOT NULL REFERENCES brands (no),
    name         TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    category     TEXT    NOT NULL,
    dialect      TEXT    NOT NULL,
    binding_mode TEXT    NOT NULL,
    validates    BOOLEAN NOT NULL,
    adopts       BOOLEAN NOT NULL,
    keeps_frames BOOLEAN NOT NULL,
    point_days   INTEGER NOT NULL
);
CREATE INDEX products_brand ON products (brand);

-- Not unique by value: products may share a uiid.
CREATE TABLE product_names (
    dialect TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    product BIGINT NOT NULL REFERENCES products (no),
    PRIMARY KEY (dialect, kind, value, product)
);
CREATE INDEX product_names_product ON product_names (product);

-- Immutable: a change is a new version. model: JSON.
CREATE TABLE thing_models (
    product BIGINT  NOT NULL REFERENCES products (no),
    version INTEGER NOT NULL,
    model   TEXT    NOT NULL,
    created BIGINT  NOT NULL,
    PRIMARY KEY (product, version)
);

-- How another dialect shows a product. mapping: JSON.
CREATE TABLE projections (
    product BIGINT  NOT NULL REFERENCES products (no),
    dialect TEXT    NOT NULL,
    version INTEGER NOT NULL,
    mapping TEXT    NOT NULL,
    PRIMARY KEY (product, dialect, version)
);

CREATE TABLE properties (
    no      {no},
    product BIGINT NOT NULL REFERENCES products (no),
    name    TEXT   NOT NULL,
    UNIQUE (product, name)
);

CREATE TABLE devices (
    no             {no},
    id             TEXT   NOT NULL UNIQUE,
    product        BIGINT NOT NULL REFERENCES products (no),
    source         TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    lifecycle      TEXT   NOT NULL,
    owner_since    BIGINT,
    tags           TEXT   NOT NULL,
    factory        TEXT   NOT NULL,
    access_version BIGINT NOT NULL,
    created        BIGINT NOT NULL,
    activated      BIGINT
);

CREATE TABLE device_names (
    dialect TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    scope   TEXT   NOT NULL,
    value   TEXT   NOT NULL,
    device  BIGINT NOT NULL REFERENCES devices (no),
    PRIMARY KEY (dialect, kind, scope, value)
);
CREATE INDEX device_names_device ON device_names (device);
CREATE INDEX device_names_value ON device_names (value);
CREATE INDEX devices_name ON devices (name);

CREATE TABLE credentials (
    device     BIGINT NOT NULL REFERENCES devices (no),
    dialect    TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    secret_enc BYTEA  NOT NULL,
    PRIMARY KEY (device, dialect, kind)
);

CREATE TABLE claims (
    device_id  TEXT   NOT NULL,
    dialect    TEXT   NOT NULL,
    secret_enc BYTEA  NOT NULL,
    model      TEXT   NOT NULL,
    shown_at   BIGINT NOT NULL,
    ip         TEXT,
    PRIMARY KEY (device_id, dialect)
);
CREATE INDEX claims_shown ON claims (shown_at);

-- The state row's lock is the fence between two links of a device. vals, last_keys: JSON.
CREATE TABLE states (
    device    BIGINT PRIMARY KEY REFERENCES devices (no),
    epoch     BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    vals      TEXT   NOT NULL,
    last_keys TEXT   NOT NULL,
    updated   BIGINT NOT NULL
);

CREATE TABLE links (
    device      BIGINT PRIMARY KEY REFERENCES devices (no),
    epoch       BIGINT NOT NULL,
    node        TEXT   NOT NULL,
    incarnation BIGINT NOT NULL,
    opened      BIGINT NOT NULL,
    closed      BIGINT,
    ip          TEXT,
    protocol    TEXT   NOT NULL
);
CREATE INDEX links_open ON links (node, incarnation) WHERE closed IS NULL;

CREATE TABLE presence (
    no     {no},
    device BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    kind   TEXT   NOT NULL,
    ip     TEXT,
    epoch  BIGINT NOT NULL,
    reason TEXT   NOT NULL
);
CREATE INDEX presence_device ON presence (device, at);
CREATE INDEX presence_at ON presence (at);

-- seq is the state's version: (arrival, seq) orders the points of a property. value: JSON.
CREATE TABLE points (
    device      BIGINT NOT NULL,
    property    BIGINT NOT NULL,
    arrival     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    source_time BIGINT,
    value       TEXT   NOT NULL,
    PRIMARY KEY (device, property, arrival, seq)
){rowless};

CREATE TABLE frames (
    no        {no},
    device    BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    direction TEXT   NOT NULL,
    ip        TEXT,
    account   TEXT,
    app       TEXT,
    bytes     BYTEA  NOT NULL
);
CREATE INDEX frames_device ON frames (device, at);
CREATE INDEX frames_at ON frames (at);

CREATE TABLE commands (
    id         BIGINT PRIMARY KEY,
    device     BIGINT NOT NULL,
    account    TEXT   NOT NULL,
    app        TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    ip         TEXT,
    body       TEXT   NOT NULL,
    created    BIGINT NOT NULL,
    deadline   BIGINT NOT NULL,
    sent_at    BIGINT,
    outcome    TEXT   NOT NULL,
    outcome_at BIGINT NOT NULL,
    answer     TEXT
);
CREATE INDEX commands_device ON commands (device, created);
CREATE INDEX commands_created ON commands (created);

-- settings: JSON.
CREATE TABLE bindings (
    account  BIGINT  NOT NULL REFERENCES accounts (no),
    device   BIGINT  NOT NULL REFERENCES devices (no),
    role     TEXT    NOT NULL,
    alias    TEXT,
    settings TEXT    NOT NULL,
    permit   INTEGER NOT NULL,
    since    BIGINT  NOT NULL,
    PRIMARY KEY (account, device)
);
CREATE INDEX bindings_device ON bindings (device);
CREATE UNIQUE INDEX bindings_owner ON bindings (device) WHERE role = 'Owner';

CREATE TABLE homes (
    no   {no},
    id   TEXT   NOT NULL UNIQUE,
    name TEXT   NOT NULL
);

CREATE TABLE members (
    home    BIGINT NOT NULL REFERENCES homes (no),
    account BIGINT NOT NULL REFERENCES accounts (no),
    role    TEXT   NOT NULL,
    PRIMARY KEY (home, account)
);
CREATE INDEX members_account ON members (account);

CREATE TABLE rooms (
    no   {no},
    id   TEXT   NOT NULL UNIQUE,
    home BIGINT NOT NULL REFERENCES homes (no),
    name TEXT   NOT NULL
);
CREATE INDEX rooms_home ON rooms (home);

-- A device stands in at most one home of an account. item_kind: device (groups join later).
CREATE TABLE placements (
    account   BIGINT NOT NULL REFERENCES accounts (no),
    item_kind TEXT   NOT NULL,
    item      BIGINT NOT NULL,
    home      BIGINT NOT NULL REFERENCES homes (no),
    room      BIGINT REFERENCES rooms (no),
    PRIMARY KEY (account, item_kind, item)
);
CREATE INDEX placements_home ON placements (home, item_kind, item);
CREATE INDEX placements_item ON placements (item_kind, item);

-- Order is a rank per list: (owner_kind, owner) names whose list, list names which.
CREATE TABLE ranks (
    owner_kind TEXT   NOT NULL,
    owner      BIGINT NOT NULL,
    list       TEXT   NOT NULL,
    item_kind  TEXT   NOT NULL,
    item       BIGINT NOT NULL,
    rank       BIGINT NOT NULL,
    PRIMARY KEY (owner_kind, owner, list, item_kind, item)
);
CREATE INDEX ranks_order ON ranks (owner_kind, owner, list, rank, item);

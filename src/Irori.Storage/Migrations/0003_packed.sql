-- Token: {join} the aggregate that joins texts.

-- One row holds the points of one report: a row and its key take more of the disk than a value. seq is the state's version: (arrival, seq)
-- orders the reports of a device. vals: JSON, values by the numbers of their properties; times: JSON, likewise the source times of those values
-- that were not so at their arrival, if any.
ALTER TABLE points RENAME TO single_points;
CREATE TABLE points (
    device  BIGINT NOT NULL,
    arrival BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    times   TEXT,
    vals    TEXT   NOT NULL,
    PRIMARY KEY (device, arrival, seq)
){rowless};
INSERT INTO points (device, arrival, seq, times, vals)
SELECT device, arrival, seq, '{' || {join}(CASE WHEN source_time IS NOT NULL THEN '"' || property || '":' || source_time END, ',') || '}',
    '{' || {join}('"' || property || '":' || value, ',') || '}'
FROM single_points GROUP BY device, arrival, seq;
DROP TABLE single_points;

-- The things of a home are counted for every page of them.
DROP INDEX placements_home;
CREATE INDEX placements_home ON placements (home, account);

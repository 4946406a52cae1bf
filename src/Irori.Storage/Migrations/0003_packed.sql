-- Token: {join} the aggregate that joins texts.

-- One row holds the points of one report: a row and its key take more of the disk than a value. at: the arrival times 1048576 (2^20), plus the state's
-- version modulo that, so that it orders the reports of a device. vals: JSON, values by the numbers of their properties; times: JSON, likewise the
-- source times of those values that were not so at their arrival, if any.
ALTER TABLE points RENAME TO single_points;
CREATE TABLE points (
    device BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    times  TEXT,
    vals   TEXT   NOT NULL,
    PRIMARY KEY (device, at)
){rowless};
INSERT INTO points (device, at, times, vals)
SELECT device, arrival * 1048576 + seq % 1048576, '{' || {join}(CASE WHEN source_time IS NOT NULL THEN '"' || property || '":' || source_time END, ',') || '}',
    '{' || {join}('"' || property || '":' || value, ',') || '}'
FROM single_points GROUP BY device, arrival, seq;
DROP TABLE single_points;

-- The things of a home are counted for every page of them.
DROP INDEX placements_home;
CREATE INDEX placements_home ON placements (home, account);
